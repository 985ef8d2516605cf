using RestrictedTee.NormalWorld.DmaBuf.Devices;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.NormalRam;

namespace RestrictedTee.NormalWorld.Heaps;

/// <summary>
/// Where the buffers of a heap come from: the first of two steps, and the only one for memory that is restricted before it is handed
/// out or never (struct tee_protmem_pool_ops upstream: allocate, free, destroy; restricted_heap_ops of 2024). The second is an
/// <see cref="IRestrictor"/>'s.
/// </summary>
/// <remarks>Each is made by one row of <see cref="HeapBackEnds"/>. Calls come from any thread, several at a time.</remarks>
internal interface IHeapBackEnd : IDisposable
{
    /// <summary>What may become of its buffers while they are mapped.</summary>
    Placements Offers { get; }

    /// <summary>Where a buffer of that size and alignment might lie at worst, for those who ask before there is one.</summary>
    IReadOnlyList<MemoryRange> Extent(ulong size, ulong alignment);

    /// <summary>What a buffer of that size takes away from the others, which is what its client is charged for.</summary>
    ulong FootprintOf(ulong size) => size;

    /// <summary>Allocates a buffer of whole pages.</summary>
    /// <param name="size">Bytes.</param>
    /// <param name="alignment">What its address must be a multiple of; a power of two, at least a page. Memory that the TEE keeps has no address here.</param>
    /// <exception cref="TeeDriverException">ENOMEM, EINVAL, ENODEV.</exception>
    PoolMemory Allocate(ulong size, ulong alignment);

    /// <summary>Frees a buffer. Does not fail: when the secure world has gone, so has what it kept.</summary>
    void Free(PoolMemory memory);

    /// <summary>Tells the TEE of a buffer that it has no name for yet (TEE_IOC_SHM_REGISTER_FD), and returns the name.</summary>
    /// <exception cref="TeeDriverException">EINVAL: it is not for the TEE, or has a name; ENOMEM, ENODEV.</exception>
    ulong Register(PhysicalRange range) => throw new TeeDriverException(Errno.EINVAL, "The TEE has named the buffer itself.");

    /// <summary>Takes the name back. Does not fail.</summary>
    void Unregister(ulong cookie)
    {
        // There is none that was given.
    }

    /// <summary>What it looks like at the moment.</summary>
    /// <exception cref="TeeDriverException">ENODEV.</exception>
    PoolState Query();

    /// <summary>A size in whole units; as it is where that is more than there can be.</summary>
    /// <param name="size">Bytes.</param>
    /// <param name="unit">A power of two.</param>
    protected static ulong WholeUnits(ulong size, ulong unit) => size <= ulong.MaxValue - unit ? (size + unit - 1) & ~(unit - 1) : size;

    // IDisposable.Dispose is destroy_pool: the driver has gone, what the back end holds of the normal world's goes back.
}

/// <summary>The state of a pool. <see cref="HeapInfo"/> says what each member means.</summary>
internal readonly record struct PoolState(string Kind, ulong Size, ulong Used, ulong LargestFree, int Buffers, string Protection);

/// <summary>A back end that can make memory which another process maps by a file of its own.</summary>
internal interface IMappedBackEnd
{
    /// <summary>Zeroed memory in a bank of its own, beyond where the others lie.</summary>
    /// <exception cref="Uapi.TeeDriverException">ENOMEM, ENODEV.</exception>
    PoolMemory AllocateMapped(ulong size);
}
