using RestrictedTee.NormalWorld.Uapi;

namespace RestrictedTee.NormalWorld.Heaps;

/// <summary>
/// Where the buffers of a heap come from (struct tee_protmem_pool_ops upstream: allocate, free, destroy; a buffer's place is the
/// secure world's alone to know, so that there is nothing to update).
/// </summary>
/// <remarks>Each is made by one row of <see cref="HeapBackEnds"/>. Calls come from any thread, several at a time.</remarks>
internal interface IHeapBackEnd : IDisposable
{
    /// <summary>Allocates a buffer, and returns the cookie by which the TEE knows it.</summary>
    /// <exception cref="TeeDriverException">ENOMEM, EINVAL, ENODEV.</exception>
    ulong Allocate(ulong size);

    /// <summary>Frees a buffer. Does not fail: when the secure world has gone, so has the buffer.</summary>
    void Free(ulong cookie);

    /// <summary>What it looks like at the moment.</summary>
    /// <exception cref="TeeDriverException">ENODEV.</exception>
    PoolState Query();

    // IDisposable.Dispose is destroy_pool: the driver has gone, what the back end holds of the normal world's goes back.
}

/// <summary>The state of a pool. <see cref="HeapInfo"/> says what each member means.</summary>
internal readonly record struct PoolState(string Kind, ulong Size, ulong Used, ulong LargestFree, int Buffers, string Protection);
