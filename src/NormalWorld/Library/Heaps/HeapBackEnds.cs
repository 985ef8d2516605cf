using RestrictedTee.NormalWorld.DmaBuf;
using RestrictedTee.NormalWorld.Driver;
using RestrictedTee.SmcTransport.Board;

namespace RestrictedTee.NormalWorld.Heaps;

/// <summary>What heaps need of the driver.</summary>
/// <param name="Driver">The driver.</param>
/// <param name="TeePools">Its session to the TEE's pools.</param>
/// <param name="Gate">Who is asked before a device gets at a buffer.</param>
internal sealed record HeapParts(OpteeDriver Driver, ProtectedMemoryClient TeePools, IAccessGate Gate);

/// <summary>A heap that a board has.</summary>
/// <param name="Rank">Where it stands in listings, and among the heaps of one use case.</param>
/// <param name="Name">Its name.</param>
/// <param name="UseCase">What it is for.</param>
/// <param name="Make">Makes it.</param>
internal sealed record HeapRow(int Rank, string Name, UseCase UseCase, Func<HeapParts, DmaHeap> Make)
{
    /// <summary>The pool of the board that it is the heap of, with the limits for its clients; null when there is none.</summary>
    internal PoolRegion? Pool { get; init; }

    /// <summary>Makes it, with its limits.</summary>
    internal DmaHeap Create(HeapParts parts)
    {
        DmaHeap heap = Make(parts);
        heap.Account.SetLimits(Pool?.Limit, Pool?.ClientLimit);
        return heap;
    }
}

/// <summary>A kind of back end.</summary>
/// <param name="Name">Its name.</param>
/// <param name="RowsOf">The heaps of that kind that a board has.</param>
internal sealed record HeapBackEndKind(string Name, Func<BoardFile, IEnumerable<HeapRow>> RowsOf);

/// <summary>The kinds of back ends: one file and one line here each. A contract test runs over all of them.</summary>
internal static class HeapBackEnds
{
    internal static IReadOnlyList<HeapBackEndKind> All { get; } =
    [
        StaticPool.Kind,
        DynamicPool.Kind,
        CarveOutPool.Kind,
        VendorHeap.Kind,
        SystemHeap.Kind,
    ];

    /// <summary>The heaps of a board, in the order in which they are listed.</summary>
    internal static IEnumerable<HeapRow> RowsOf(BoardFile board) =>
        All.SelectMany(kind => kind.RowsOf(board)).OrderBy(row => row.Rank).ThenBy(row => row.UseCase);
}
