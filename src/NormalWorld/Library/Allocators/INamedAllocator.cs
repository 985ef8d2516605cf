using RestrictedTee.NormalWorld.DmaBuf.Devices;
using RestrictedTee.NormalWorld.Heaps;
using RestrictedTee.NormalWorld.Uapi;

namespace RestrictedTee.NormalWorld.Allocators;

/// <summary>A way to allocate that the central allocator can choose (struct smaf_allocator: match, allocate, name, ranking).</summary>
internal interface INamedAllocator
{
    /// <summary>Its name, by which a client can ask for it.</summary>
    string Name { get; }

    /// <summary>The bigger, the better.</summary>
    int Ranking { get; }

    /// <summary>Whether what it allocates is kept from the CPU.</summary>
    bool IsRestricted { get; }

    /// <summary>What may become of its buffers while they are mapped.</summary>
    Placements Offers { get; }

    /// <summary>Why it does not match the constraints of these devices; null when it does.</summary>
    (Errno Errno, string Why)? FindProblem(IReadOnlyList<DmaDevice> devices, ulong size);

    /// <summary>Allocates whole pages.</summary>
    /// <exception cref="TeeDriverException">ENOMEM, EAGAIN, ENODEV.</exception>
    HeapMemory Allocate(ulong size, int client);
}

/// <summary>A heap as an allocator, under its own name.</summary>
internal sealed class HeapAllocator(DmaHeap heap, int ranking) : INamedAllocator
{
    public string Name => heap.Name;

    public int Ranking => ranking;

    public bool IsRestricted => heap.Restriction.IsRestricted;

    public Placements Offers => heap.Offers;

    public (Errno Errno, string Why)? FindProblem(IReadOnlyList<DmaDevice> devices, ulong size)
    {
        foreach (DmaDevice device in devices)
        {
            if (heap.FindProblem(device, size) is { } problem)
                return problem;
        }

        return null;
    }

    public HeapMemory Allocate(ulong size, int client) => heap.AllocateMemory(size, client);
}
