using System.Diagnostics.CodeAnalysis;

namespace RestrictedTee.SecureWorld.Firewall;

/// <summary>A buffer that a device has mapped: the device names it by the handle, and nobody else can. While it is there the buffer is not moved.</summary>
/// <param name="handle">How the device names it.</param>
/// <param name="master">The device.</param>
/// <param name="memory">The buffer; a reference is held.</param>
/// <param name="rights">What it was mapped for.</param>
internal sealed class DeviceMapping(ulong handle, MasterId master, GuardedMemory memory, AccessRights rights)
{
    private int _isHalfWritten;

    internal ulong Handle => handle;

    internal MasterId Master => master;

    internal GuardedMemory Memory => memory;

    internal AccessRights Rights => rights;

    /// <summary>Whether a job has written to it and not yet said that it has done.</summary>
    internal bool IsHalfWritten => Volatile.Read(ref _isHalfWritten) != 0;

    internal void SetHalfWritten() => Volatile.Write(ref _isHalfWritten, 1);

    /// <summary>Says whether it was, for one who cares for it; it is no longer.</summary>
    internal bool TakeHalfWritten() => Interlocked.Exchange(ref _isHalfWritten, 0) != 0;
}

/// <summary>All mappings of devices.</summary>
internal sealed class DeviceMappings
{
    /// <summary>The normal world cannot use up memory by mapping.</summary>
    private const int MaxMappings = 4096;

    private readonly object _lock = new(); // protects the two below; a leaf
    private readonly Dictionary<ulong, DeviceMapping> _mappings = [];
    private ulong _last;

    /// <returns>Null when there are too many.</returns>
    internal DeviceMapping? Add(MasterId master, GuardedMemory memory, AccessRights rights)
    {
        lock (_lock)
        {
            if (_mappings.Count == MaxMappings)
                return null;
            var mapping = new DeviceMapping(++_last, master, memory, rights);
            _mappings.Add(mapping.Handle, mapping);
            return mapping;
        }
    }

    internal DeviceMapping? Find(ulong handle)
    {
        lock (_lock)
            return _mappings.GetValueOrDefault(handle);
    }

    internal bool TryRemove(ulong handle, [NotNullWhen(true)] out DeviceMapping? mapping)
    {
        lock (_lock)
            return _mappings.Remove(handle, out mapping);
    }

    /// <summary>The mappings of a buffer by a master.</summary>
    internal DeviceMapping[] Of(GuardedMemory memory, MasterId master)
    {
        lock (_lock)
            return [.. _mappings.Values.Where(mapping => mapping.Memory == memory && mapping.Master == master)];
    }
}
