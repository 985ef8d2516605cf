using RestrictedTee.NormalWorld.DmaBuf;
using RestrictedTee.NormalWorld.DmaBuf.Devices;

namespace RestrictedTee.NormalWorld.Heaps;

/// <summary>
/// The heap of ordinary memory that nobody is kept away from (drivers/dma-buf/heaps/system_heap.c): its buffers can be mapped, and
/// moved while nothing has them pinned.
/// </summary>
internal static class SystemHeap
{
    /// <summary>Last in every listing.</summary>
    private const int Rank = 100;

    internal const string Name = "system";

    /// <summary>Its row in <see cref="HeapBackEnds"/>.</summary>
    internal static HeapBackEndKind Kind { get; } = new("system", _ =>
    [
        new HeapRow(Rank, Name, default, parts => new DmaHeap(
            parts, Name, default, Restriction.None, new ContiguousPool(parts.Driver, Placements.Pinned | Placements.Dynamic))),
    ]);
}
