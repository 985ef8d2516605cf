using RestrictedTee.NormalWorld.DmaBuf.Devices;
using RestrictedTee.SmcTransport.Board;

namespace RestrictedTee.NormalWorld.Heaps;

/// <summary>A pool that was carved out at boot: the secure world has its memory for good (optee_protmem_pool_init upstream, static).</summary>
internal sealed class StaticPool(ProtectedMemoryClient client, string name, PoolRegion pool, ulong granularity) : IHeapBackEnd
{
    /// <summary>Its row in <see cref="HeapBackEnds"/>.</summary>
    internal static HeapBackEndKind Kind { get; } = new("static", board => board.Pools.Where(pool => !pool.IsDynamic && !pool.IsReserved).Select(pool =>
    {
        string name = board.HeapNameOf(pool.UseCase);
        return TeePool.RowOf(name, pool, parts => new StaticPool(parts.TeePools, name, pool, board.GranularityOf(pool.UseCase)));
    }));

    public Placements Offers => TeePool.Offers;

    public IReadOnlyList<MemoryRange> Extent(ulong size, ulong alignment) => PoolMemory.KeptByTee(name, TeePool.AnyCookie, size, Top).Ranges;

    public ulong FootprintOf(ulong size) => IHeapBackEnd.WholeUnits(size, granularity);

    public PoolMemory Allocate(ulong size, ulong alignment) => PoolMemory.KeptByTee(name, client.Allocate(pool.UseCase, size), size, Top);

    public void Free(PoolMemory memory) => client.Free(memory.Cookie);

    public PoolState Query() => client.Query(pool.UseCase);

    public void Dispose()
    {
        // Nothing of it is the normal world's.
    }

    private ulong Top => pool.Base + pool.Size - 1;
}
