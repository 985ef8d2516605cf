using RestrictedTee.NormalWorld.DmaBuf.Devices;
using RestrictedTee.SmcTransport.Board;

namespace RestrictedTee.NormalWorld.Heaps;

/// <summary>A pool that was carved out at boot: the secure world has its memory for good (optee_protmem_pool_init upstream, static).</summary>
internal sealed class StaticPool(ProtectedMemoryClient client, PoolRegion pool) : IHeapBackEnd
{
    /// <summary>Its row in <see cref="HeapBackEnds"/>.</summary>
    internal static HeapBackEndKind Kind { get; } = new("static", sources => sources.Board.Pools.Where(pool => !pool.IsDynamic).Select(pool =>
        TeePool.RowOf(pool, parts => new StaticPool(parts.TeePools, pool))));

    public Placements Offers => TeePool.Offers;

    public IReadOnlyList<MemoryRange> Extent(ulong size, ulong alignment) => PoolMemory.KeptByTee(Name, TeePool.AnyCookie, size, Top).Ranges;

    public PoolMemory Allocate(ulong size, ulong alignment) => PoolMemory.KeptByTee(Name, client.Allocate(pool.UseCase, size), size, Top);

    public void Free(PoolMemory memory) => client.Free(memory.Cookie);

    public PoolState Query() => client.Query(pool.UseCase);

    public void Dispose()
    {
        // Nothing of it is the normal world's.
    }

    private string Name => UseCases.HeapName(pool.UseCase);

    private ulong Top => pool.Base + pool.Size - 1;
}
