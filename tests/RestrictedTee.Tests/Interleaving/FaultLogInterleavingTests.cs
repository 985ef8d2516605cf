using RestrictedTee.SecureWorld.Firewall;
using RestrictedTee.SmcTransport.Board;

namespace RestrictedTee.Tests.Interleaving;

/// <summary>Faults that are recorded while others are fetched.</summary>
public sealed class FaultLogInterleavingTests
{
    private readonly FaultLog _log = new();

    [InterleavingFact]
    public void A_fault_that_is_recorded_while_the_log_is_drained_is_not_lost()
    {
        _log.Add(Fault(1));
        IReadOnlyList<FaultRecord> drained = [];

        Scheduler.Interleave("FaultLog.Drain", () => drained = _log.Drain(), () => _log.Add(Fault(2)));

        Assert.Equal([1UL, 2UL], drained.Concat(_log.Drain()).Select(fault => fault.Cookie));
        Assert.Equal(2, _log.Count);
    }

    [InterleavingFact]
    public void A_fault_is_fetched_once()
    {
        _log.Add(Fault(1));
        IReadOnlyList<FaultRecord> first = [], second = [];

        Scheduler.Interleave("FaultLog.Drain", () => first = _log.Drain(), () => second = _log.Drain());

        Assert.Equal((1, 0), (first.Count, second.Count));
    }

    [InterleavingFact]
    public void The_count_is_read_between_changes() =>
        Scheduler.AssertExcludes("FaultLog.Drain", () => _log.Drain(), () => _ = _log.Count);

    private static FaultRecord Fault(ulong cookie) =>
        new(default, new MasterId(BusMasterKind.Device, "dma"), UseCase.SecureVideoPlay, cookie, AccessRights.Read, "a test");
}
