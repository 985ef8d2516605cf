using RestrictedTee.NormalWorld.DmaBuf;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Board;
using RestrictedTee.SmcTransport.NormalRam;

namespace RestrictedTee.NormalWorld.Heaps;

/// <summary>
/// A dma-heap over one restricted pool (drivers/tee/tee_heap.c upstream): it has the name and makes the dma-bufs; where the
/// memory comes from is its back end's business.
/// </summary>
internal sealed class RestrictedHeap(string name, UseCase useCase, IHeapBackEnd backEnd) : IDmaBufExporter, IDisposable
{
    public string Name => name;

    public UseCase UseCase => useCase;

    internal IHeapBackEnd BackEnd => backEnd;

    /// <summary>A buffer of whole pages: a size is rounded up, and the buffer has the rounded one (dma_heap_buffer_alloc upstream).</summary>
    /// <exception cref="TeeDriverException">EINVAL for flags, size 0 or one that rounds up to it; ENOMEM, ENODEV.</exception>
    internal DmaBufObject Allocate(ulong size, uint flags)
    {
        const ulong PageMask = PhysicalAddress.PageSize - 1;
        ulong rounded = unchecked(size + PageMask) & ~PageMask;
        if (rounded == 0 || flags != 0)
            throw new TeeDriverException(Errno.EINVAL, flags == 0 ? $"A restricted buffer of size {size}." : $"Flags 0x{flags:x} are not known.");
        return new DmaBufObject(this, backEnd.Allocate(rounded), rounded);
    }

    internal HeapInfo Describe()
    {
        PoolState state = backEnd.Query();
        return new HeapInfo(Name, useCase, state.Kind, state.Size, state.Used, state.LargestFree, state.Buffers, state.Protection);
    }

    void IDmaBufExporter.Release(ulong cookie) => backEnd.Free(cookie);

    public void Dispose() => backEnd.Dispose();
}
