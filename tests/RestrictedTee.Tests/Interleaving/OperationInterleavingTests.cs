using RestrictedTee.SecureWorld.Kernel.Sessions;

namespace RestrictedTee.Tests.Interleaving;

/// <summary>One operation, seen by the thread that carries it out and by one that cancels it.</summary>
public sealed class OperationInterleavingTests
{
    private readonly Operation _operation = new();

    public static TheoryData<string> Accesses => ["Begin", "Cancel", "IsUnwanted", "TimeLeft", "IsCancelled", "Mask", "Wait"];

    [InterleavingTheory]
    [MemberData(nameof(Accesses))]
    public void Nothing_gets_in_between_what_a_mask_was_and_what_it_becomes(string access)
    {
        _operation.Begin(1, timeout: 60_000, closes: false);

        Scheduler.AssertExcludes("Operation.Mask", () => _operation.Mask(true), access switch
        {
            "Begin" => () => _operation.Begin(2, timeout: 60_000, closes: false),
            "Cancel" => _operation.Cancel,
            "IsUnwanted" => () => _ = _operation.IsUnwanted,
            "TimeLeft" => () => _ = _operation.TimeLeft,
            "IsCancelled" => () => _ = _operation.IsCancelled,
            "Mask" => () => _operation.Mask(false),
            _ => () => _operation.Wait(0),
        });
    }

    [InterleavingFact]
    public void Of_two_that_unmask_at_once_one_finds_it_masked()
    {
        _operation.Begin(1, timeout: 60_000, closes: false);
        bool first = false, second = false;

        Scheduler.Interleave("Operation.Mask", () => first = _operation.Mask(false), () => second = _operation.Mask(false));

        Assert.Equal((true, false), (first, second));
    }
}
