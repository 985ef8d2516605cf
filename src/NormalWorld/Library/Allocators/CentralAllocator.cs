using RestrictedTee.NormalWorld.DmaBuf;
using RestrictedTee.NormalWorld.Heaps;
using RestrictedTee.NormalWorld.Uapi;

namespace RestrictedTee.NormalWorld.Allocators;

/// <summary>
/// Buffers whose memory is allocated when a device first maps them, by the best allocator that suits all devices which are attached by
/// then (SMAF v10, 2016). Where that reaches beyond the patches: an attachment that no allocator can satisfy fails at once, as their
/// reviewers asked.
/// </summary>
internal sealed class CentralAllocator
{
    private readonly object _lock = new(); // smaf_dev.lock: protects the list; a leaf
    private readonly List<INamedAllocator> _allocators = [];

    /// <param name="heaps">Each is an allocator, ranked as it is listed: what is restricted comes before what is not.</param>
    internal CentralAllocator(HeapDirectory heaps)
    {
        Gate = heaps.Gate;
        for (int i = 0; i < heaps.All.Count; i++)
            Register(new HeapAllocator(heaps.All[i], heaps.All.Count - 1 - i));
    }

    /// <summary>Who is asked while it is not yet known whose memory it will be.</summary>
    internal IAccessGate Gate { get; }

    /// <summary>Whether there is anybody who keeps the CPU away (have_secure_module).</summary>
    internal bool CanSecure => Ranked.Any(allocator => allocator.IsRestricted);

    /// <summary>The allocators, the preferred first.</summary>
    internal IReadOnlyList<INamedAllocator> Ranked
    {
        get
        {
            lock (_lock)
                return [.. _allocators];
        }
    }

    /// <summary>smaf_register_allocator: by ranking, then by name.</summary>
    /// <exception cref="TeeDriverException">EINVAL: the name is taken, empty, or too long for the ioctls.</exception>
    internal void Register(INamedAllocator allocator)
    {
        if (SmafName.From(allocator.Name).ToString() != allocator.Name || allocator.Name.Length == 0)
            throw new TeeDriverException(Errno.EINVAL, $"'{allocator.Name}' is no name of 1 to {SmafName.Length - 1} octets.");
        lock (_lock)
        {
            if (_allocators.Exists(other => other.Name == allocator.Name))
                throw new TeeDriverException(Errno.EINVAL, $"There is an allocator '{allocator.Name}' already.");
            int at = _allocators.FindIndex(other => Compare(allocator, other) < 0);
            _allocators.Insert(at < 0 ? _allocators.Count : at, allocator);
        }
    }

    /// <summary>smaf_unregister_allocator. What it has allocated stays.</summary>
    internal void Unregister(INamedAllocator allocator)
    {
        lock (_lock)
            _allocators.Remove(allocator);
    }

    /// <summary>SMAF_IOC_CREATE: a buffer without memory.</summary>
    /// <param name="size">Bytes; rounded up to whole pages.</param>
    /// <param name="name">The allocator, for a buffer whose first user is software; empty for whichever suits the devices.</param>
    /// <param name="client">Who is charged.</param>
    /// <exception cref="TeeDriverException">EINVAL: size 0, or one that rounds up to it; no allocator of that name.</exception>
    internal DmaBufObject Create(ulong size, string name, int client)
    {
        ulong rounded = DmaHeap.WholePages(size);
        INamedAllocator? chosen = name.Length == 0 ? null
            : Ranked.FirstOrDefault(allocator => allocator.Name == name)
            ?? throw new TeeDriverException(Errno.EINVAL, $"There is no allocator '{name}'; there are {string.Join(", ", Ranked.Select(allocator => $"'{allocator.Name}'"))}.");
        return new DmaBufObject(new DeferredMemory(this, rounded, chosen, client), rounded);
    }

    /// <summary>The flag of a buffer of this allocator; no other buffer is secure in its sense (smaf_is_secure).</summary>
    internal bool IsSecure(DmaBufObject buffer) => Owns(buffer, out DeferredMemory? memory) && memory.IsSecure;

    /// <summary>Asks for memory that is kept from the CPU, or no longer; only while none is allocated.</summary>
    /// <exception cref="TeeDriverException">EINVAL: not a buffer of this allocator, nobody could, or its devices could not use it; EBUSY: it has memory.</exception>
    internal void SetSecure(DmaBufObject buffer, bool secure)
    {
        if (!Owns(buffer, out DeferredMemory? memory) || !CanSecure)
            throw new TeeDriverException(Errno.EINVAL, "The buffer cannot be secured.");
        buffer.Sharing.ChangeFor(devices => memory.SetSecure(secure, devices));
    }

    internal bool Owns(DmaBufObject buffer, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out DeferredMemory? memory)
    {
        memory = buffer.Memory as DeferredMemory;
        if (memory?.Owner != this)
            memory = null;
        return memory is not null;
    }

    private static int Compare(INamedAllocator a, INamedAllocator b) =>
        a.Ranking != b.Ranking ? b.Ranking.CompareTo(a.Ranking) : string.CompareOrdinal(a.Name, b.Name);
}
