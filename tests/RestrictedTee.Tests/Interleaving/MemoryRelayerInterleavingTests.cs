using RestrictedTee.SecureWorld.MemorySharing;
using RestrictedTee.SecureWorld.SecretMemory;
using RestrictedTee.SmcTransport.Abi.Ffa;
using RestrictedTee.SmcTransport.NormalRam;

namespace RestrictedTee.Tests.Interleaving;

/// <summary>Transitions of the same pages at the same moment.</summary>
public sealed class MemoryRelayerInterleavingTests : IDisposable
{
    private const FfaAccess Retrieved = FfaAccess.ReadWrite | FfaAccess.NotExecutable;

    private readonly NormalRamMap _ram = new();
    private readonly MemoryRelayer _relayer;

    public MemoryRelayerInterleavingTests()
    {
        _ram.TryPlug(RamBank.Create(Pages(0, 16), "interleaving"));
        _relayer = new MemoryRelayer(_ram, SecretMemoryChoice.Off);
    }

    public static TheoryData<string> Operations =>
    [
        "Count", "AddPartitionRam", "NewHandle", "Send", "Retrieve", "RetrieveForTee", "Relinquish", "Reclaim", "Scrub", "Dispose",
        "TryUse", "TryHold", "End", "TryRead", "TryWrite",
    ];

    public void Dispose()
    {
        _relayer.Dispose();
        _ram.Dispose();
    }

    [InterleavingFact]
    public void Of_two_that_send_a_page_at_once_one_does()
    {
        MemoryTransaction? first = null, second = null;

        Scheduler.Interleave("MemoryRelayer.Mark", () => first = Lend(0), () => second = Lend(0));

        Assert.NotNull(first);
        Assert.Null(second);
    }

    [InterleavingFact]
    public void A_page_is_not_used_that_is_being_sent()
    {
        MemoryTransaction? sent = null;
        bool used = false;

        Scheduler.Interleave("MemoryRelayer.Mark", () => sent = Lend(0), () => used = _relayer.Uses.TryUse(Pages(0), out _));

        Assert.NotNull(sent);
        Assert.False(used);
    }

    [InterleavingTheory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_page_is_not_sent_that_is_being_taken_into_use(bool holds)
    {
        bool used = false;
        MemoryTransaction? sent = null;

        Scheduler.Interleave(
            "PageUses.TryLease",
            () => used = holds ? _relayer.Uses.TryHold(PartitionId.NormalWorld, Pages(0), out _) : _relayer.Uses.TryUse(Pages(0), out _),
            () => sent = Lend(0));

        Assert.True(used);
        Assert.Null(sent);
    }

    [InterleavingFact]
    public void A_use_that_two_end_at_once_is_counted_down_once()
    {
        Assert.True(_relayer.Uses.TryUse(Pages(0), out MemoryLease lease) && _relayer.Uses.TryUse(Pages(0), out _));

        Scheduler.Interleave("MemoryLease.Dispose", lease.Dispose, lease.Dispose);

        Assert.Null(Lend(0));
    }

    [InterleavingFact]
    public void Memory_that_was_written_after_it_was_given_back_is_not_taken_for_zero()
    {
        MemoryTransaction lent = Lend(0)!;
        _relayer.RetrieveForTee(lent.Handle, TransactionKind.Lend);

        Scheduler.Interleave("MemoryRelayer.RelinquishZeroed", () => _relayer.RelinquishZeroed(lent.Handle), () =>
        {
            _relayer.RetrieveForTee(lent.Handle, TransactionKind.Lend);
            lent.Private!.Span[0] = 1;
            _relayer.Relinquish(PartitionId.Tee, lent.Handle, FfaMemoryFlags.None);
        });

        Assert.False(lent.IsZero);
    }

    [InterleavingTheory]
    [MemberData(nameof(Operations))]
    public void Nothing_gets_in_between_looking_at_a_page_and_changing_its_state(string operation)
    {
        MemoryTransaction other = Lend(8)!;
        var request = new FfaTransactionHead(PartitionId.NormalWorld, FfaMemoryAttributes.NotSpecified, FfaMemoryFlags.None, other.Handle, Tag: 0);
        Assert.True(_relayer.Uses.TryUse(Pages(4), out MemoryLease lease));
        using SecretMapping memory = SecretMapping.Create(PhysicalAddress.PageSize, SecretMemoryChoice.Off);

        Scheduler.AssertExcludes("MemoryRelayer.Mark", () => Lend(0), operation switch
        {
            "Count" => () => _ = _relayer.Count,
            "AddPartitionRam" => () => _relayer.AddPartitionRam(PhysicalRange.Create(new PhysicalAddress(0x1000), PhysicalAddress.PageSize), memory, 0, PartitionId.Tee),
            "NewHandle" => () => _relayer.NewHandle(PartitionId.NormalWorld),
            "Send" => () => SendAs(new MemoryHandle(77), 1),
            "Retrieve" => () => _relayer.Retrieve(PartitionId.Tee, request, [new FfaReceiver(PartitionId.Tee, Retrieved)], out _, out _),
            "RetrieveForTee" => () => _relayer.RetrieveForTee(other.Handle, TransactionKind.Lend),
            "Relinquish" => () => _relayer.Relinquish(PartitionId.Tee, other.Handle, FfaMemoryFlags.None),
            "Reclaim" => () => _relayer.Reclaim(PartitionId.NormalWorld, other.Handle, FfaMemoryFlags.None),
            "Scrub" => _relayer.Scrub,
            "Dispose" => _relayer.Dispose,
            "TryUse" => () => _relayer.Uses.TryUse(Pages(4), out _),
            "TryHold" => () => _relayer.Uses.TryHold(PartitionId.NormalWorld, Pages(4), out _),
            "End" => lease.Dispose,
            "TryRead" => () => _relayer.Access.TryRead(PartitionId.NormalWorld, Pages(4).Start, new byte[1]),
            _ => () => _relayer.Access.TryWrite(PartitionId.NormalWorld, Pages(4).Start, [1]),
        });
    }

    private static PhysicalRange Pages(int first, int count = 1) =>
        PhysicalRange.Create(new PhysicalAddress(0x4000_0000 + ((ulong)first * PhysicalAddress.PageSize)), (ulong)count * PhysicalAddress.PageSize);

    private MemoryTransaction? Lend(int page) => SendAs(_relayer.NewHandle(PartitionId.NormalWorld), page);

    private MemoryTransaction? SendAs(MemoryHandle handle, int page)
    {
        var head = new FfaTransactionHead(PartitionId.NormalWorld, FfaMemoryAttributes.NotSpecified, FfaMemoryFlags.None, default, Tag: 0);
        return _relayer.Send(TransactionKind.Lend, head, [new FfaReceiver(PartitionId.Tee, FfaAccess.ReadWrite)], [Pages(page)], handle, out MemoryTransaction? made) == FfaStatus.Success
            ? made
            : null;
    }
}
