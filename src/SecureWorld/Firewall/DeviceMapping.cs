using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace RestrictedTee.SecureWorld.Firewall;

/// <summary>A buffer that a device has mapped: the device names it by the handle, and nobody else can. While it is there the buffer is not moved.</summary>
/// <param name="handle">How the device names it.</param>
/// <param name="master">The device.</param>
/// <param name="memory">The buffer; a reference is held.</param>
/// <param name="rights">What it was mapped for.</param>
/// <param name="job">What the device is doing.</param>
internal sealed class DeviceMapping(ulong handle, MasterId master, GuardedMemory memory, AccessRights rights, DeviceJob job)
{
    internal ulong Handle => handle;

    internal MasterId Master => master;

    internal GuardedMemory Memory => memory;

    internal AccessRights Rights => rights;

    internal DeviceJob Job => job;

    /// <summary>Whether it is unmapped: nothing is granted by it any more. The gate of the buffer protects it.</summary>
    internal bool HasEnded { get; set; }
}

/// <summary>All mappings of devices.</summary>
internal sealed class DeviceMappings
{
    /// <summary>The normal world cannot use up memory by mapping.</summary>
    internal const int MaxMappings = 4096;

    private readonly object _lock = new(); // serialises adding and removing, and protects _jobs; a leaf
    private readonly ConcurrentDictionary<ulong, DeviceMapping> _mappings = new(); // each burst looks into it, and takes no lock
    private readonly Dictionary<MasterId, DeviceJob> _jobs = []; // of the devices of the board that have mapped anything
    private ulong _last;

    /// <returns>Null when there are too many.</returns>
    internal DeviceMapping? Add(MasterId master, GuardedMemory memory, AccessRights rights)
    {
        lock (_lock)
        {
            if (_mappings.Count == MaxMappings)
                return null;
            var mapping = new DeviceMapping(++_last, master, memory, rights, JobOf(master));
            _mappings[mapping.Handle] = mapping;
            return mapping;
        }
    }

    /// <summary>A mapping, which may end in the next moment: what it still lets at is for the gate of its buffer to say.</summary>
    internal DeviceMapping? Find(ulong handle) => _mappings.GetValueOrDefault(handle);

    internal bool TryRemove(ulong handle, [NotNullWhen(true)] out DeviceMapping? mapping)
    {
        lock (_lock)
            return _mappings.TryRemove(handle, out mapping);
    }

    /// <summary>The job that a device runs has ended; what it has written is whole, or is discarded.</summary>
    /// <returns>Whether it is whole.</returns>
    internal bool EndJob(MasterId device, bool isWhole)
    {
        DeviceJob job;
        lock (_lock)
            job = JobOf(device);
        return job.End(isWhole);
    }

    /// <summary>The mappings of a buffer by a master.</summary>
    internal DeviceMapping[] Of(GuardedMemory memory, MasterId master)
    {
        lock (_lock)
            return [.. _mappings.Values.Where(mapping => mapping.Memory == memory && mapping.Master == master)];
    }

    private DeviceJob JobOf(MasterId device)
    {
        if (!_jobs.TryGetValue(device, out DeviceJob? job))
            _jobs.Add(device, job = new DeviceJob());
        return job;
    }
}
