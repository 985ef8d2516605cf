using RestrictedTee.NormalWorld.DmaBuf;
using RestrictedTee.NormalWorld.DmaBuf.Devices;
using RestrictedTee.SmcTransport.Board;

namespace RestrictedTee.NormalWorld.Heaps;

/// <summary>What the TEE's pools have in common, static and dynamic (drivers/tee/tee_heap.c).</summary>
internal static class TeePool
{
    /// <summary>They are found before all other heaps, in the order of their use cases.</summary>
    private const int Rank = 0;

    /// <summary>Stands for the name of a buffer that there is not yet.</summary>
    internal const ulong AnyCookie = ulong.MaxValue;

    /// <summary>
    /// The TEE may take a buffer away at any moment. Where it lies has no address here, so when it moves nobody needs to be told:
    /// to its devices it is pinned.
    /// </summary>
    internal const Placements Offers = Placements.Pinned | Placements.Revocable;

    internal static HeapRow RowOf(string name, PoolRegion pool, Func<HeapParts, IHeapBackEnd> make) =>
        new(Rank, name, pool.UseCase, parts => new DmaHeap(parts, name, pool.UseCase, new Restriction(RestrictionKind.NoCpuMapping, "TEE"), make(parts))) { Pool = pool };
}
