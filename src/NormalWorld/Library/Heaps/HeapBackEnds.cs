using RestrictedTee.NormalWorld.Driver;
using RestrictedTee.SmcTransport.Board;

namespace RestrictedTee.NormalWorld.Heaps;

/// <summary>A kind of back end.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Serves">Which pools of a board it serves.</param>
/// <param name="Make">Makes one for a pool.</param>
internal sealed record HeapBackEndKind(string Name, Predicate<PoolRegion> Serves, Func<OpteeDriver, ProtectedMemoryClient, PoolRegion, IHeapBackEnd> Make);

/// <summary>The kinds of back ends: one file and one line here each. A contract test runs over all of them.</summary>
internal static class HeapBackEnds
{
    internal static IReadOnlyList<HeapBackEndKind> All { get; } =
    [
        StaticPool.Kind,
        DynamicPool.Kind,
    ];

    internal static IHeapBackEnd For(PoolRegion pool, OpteeDriver driver, ProtectedMemoryClient client) =>
        All.Single(kind => kind.Serves(pool)).Make(driver, client, pool);
}
