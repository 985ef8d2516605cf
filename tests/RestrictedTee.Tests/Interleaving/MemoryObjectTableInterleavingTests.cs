using RestrictedTee.SecureWorld.Kernel.Memory;

namespace RestrictedTee.Tests.Interleaving;

/// <summary>Objects that are looked up while they are taken out of the table.</summary>
public sealed class MemoryObjectTableInterleavingTests
{
    private const string Point = "MemoryObjectTable.TryRemoveUnused";

    private readonly MemoryObjectTable _table = new();
    private readonly Thing _thing = new(1);

    public MemoryObjectTableInterleavingTests() => _table.TryAdd(_thing);

    public static TheoryData<string> Operations => ["TryAdd", "Get", "TryRemoveUnused", "Remove", "IsTaken"];

    [InterleavingFact]
    public void What_is_removed_because_nobody_uses_it_is_found_by_nobody()
    {
        bool removed = false;
        MemoryObject? found = null;

        Scheduler.Interleave(Point, () => removed = _table.TryRemoveUnused<Thing>(1, out _), () => found = _table.Get(1));

        Assert.True(removed);
        Assert.Null(found);
    }

    [InterleavingFact]
    public void What_is_removed_passes_to_one()
    {
        Thing? first = null, second = null;

        Scheduler.Interleave(Point, () => _table.TryRemoveUnused(1, out first), () => second = _table.Remove<Thing>(1));

        Assert.Same(_thing, first);
        Assert.Null(second);
    }

    [InterleavingTheory]
    [MemberData(nameof(Operations))]
    public void Nothing_gets_in_between_seeing_that_an_object_is_unused_and_removing_it(string operation) =>
        Scheduler.AssertExcludes(Point, () => _table.TryRemoveUnused<Thing>(1, out _), operation switch
        {
            "TryAdd" => () => _table.TryAdd(new Thing(2)),
            "Get" => () => _table.Get(1),
            "TryRemoveUnused" => () => _table.TryRemoveUnused<Thing>(1, out _),
            "Remove" => () => _table.Remove<Thing>(1),
            _ => () => _table.IsTaken(1),
        });

    private sealed class Thing(ulong cookie) : MemoryObject
    {
        internal override ulong Cookie => cookie;

        internal override ulong Size => 1;

        protected override void OnLastReference()
        {
            // Nothing lies behind it.
        }
    }
}
