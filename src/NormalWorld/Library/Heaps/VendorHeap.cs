using RestrictedTee.NormalWorld.DmaBuf;
using RestrictedTee.NormalWorld.DmaBuf.Devices;
using RestrictedTee.SmcTransport.Board;

namespace RestrictedTee.NormalWorld.Heaps;

/// <summary>
/// A heap in two steps: ordinary contiguous memory, which is restricted afterwards (MediaTek's restricted heap of 2024, and its name for
/// the one over CMA). On a board that lends memory to the TEE the lend is what restricts it.
/// </summary>
internal static class VendorHeap
{
    private const int Rank = 50;

    internal const string Name = "restricted_mtk_cma";

    /// <summary>Its row in <see cref="HeapBackEnds"/>.</summary>
    internal static HeapBackEndKind Kind { get; } = new("two-step", board => board.Pools
        .Where(pool => pool.IsDynamic).OrderBy(pool => pool.UseCase).Take(1)
        .Select(pool => RowOf(pool.UseCase, parts => new LendingRestrictor(parts.Driver, parts.TeePools, pool.UseCase))));

    /// <summary>The heap with a restrictor of one's own.</summary>
    internal static HeapRow RowOf(UseCase useCase, Func<HeapParts, IRestrictor> restrictor) => new(Rank, Name, useCase, parts =>
    {
        IRestrictor second = restrictor(parts);
        return new DmaHeap(
            parts, Name, useCase, new Restriction(RestrictionKind.MappingWithoutAccess, second.By), new ContiguousPool(parts.Driver, Placements.Pinned), second);
    });
}
