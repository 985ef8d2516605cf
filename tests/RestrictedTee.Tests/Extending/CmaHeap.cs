using RestrictedTee.NormalWorld.DmaBuf;
using RestrictedTee.NormalWorld.DmaBuf.Devices;
using RestrictedTee.NormalWorld.Heaps;

namespace RestrictedTee.Tests.Extending;

/// <summary>Contiguous memory that nobody is kept away from, under the name that Linux's CMA heap has.</summary>
internal static class CmaHeap
{
    private const int Rank = 90;

    internal const string Name = "linux,cma";

    internal static HeapBackEndKind Kind { get; } = new("cma", _ =>
    [
        new HeapRow(Rank, Name, default, parts => new DmaHeap(
            parts, Name, default, Restriction.None, new ContiguousPool(parts.Driver, Placements.Pinned))),
    ]);
}
