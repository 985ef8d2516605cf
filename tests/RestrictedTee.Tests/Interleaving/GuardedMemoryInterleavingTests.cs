using RestrictedTee.SecureWorld.Firewall;
using RestrictedTee.SmcTransport.Board;
using RestrictedTee.SmcTransport.NormalRam;

namespace RestrictedTee.Tests.Interleaving;

/// <summary>Claims and grants of one buffer at the same moment.</summary>
public sealed class GuardedMemoryInterleavingTests
{
    private const ulong Instance = 1; // each master here has one

    private static readonly MasterId One = new(BusMasterKind.Device, "one");
    private static readonly MasterId Two = new(BusMasterKind.Device, "two");

    private readonly Buffer _buffer = new();

    [InterleavingFact]
    public void A_claim_that_comes_while_a_grant_is_given_finds_the_buffer_in_use()
    {
        string? refusal = null;
        ClaimOutcome outcome = default;

        Scheduler.Interleave(
            "GuardedMemory.TryGrant",
            () => refusal = _buffer.TryGrant(One, Instance, AccessRights.Read, 0, 1, out _),
            () => outcome = _buffer.TryClaim(new Claim(Two, Instance, [])));

        Assert.Equal((null, ClaimOutcome.InUse), (refusal, outcome));
    }

    [InterleavingFact]
    public void Of_two_claims_at_once_one_gets_the_buffer()
    {
        ClaimOutcome first = default, second = default;

        Scheduler.Interleave(
            "GuardedMemory.TryClaim",
            () => first = _buffer.TryClaim(new Claim(One, Instance, [])),
            () => second = _buffer.TryClaim(new Claim(Two, Instance, [])));

        Assert.Equal((ClaimOutcome.Claimed, ClaimOutcome.ClaimedByAnother), (first, second));
    }

    [InterleavingFact]
    public void A_grant_that_is_asked_for_while_another_claims_the_buffer_is_refused()
    {
        string? refusal = null;

        Scheduler.Interleave(
            "GuardedMemory.TryClaim",
            () => _buffer.TryClaim(new Claim(One, Instance, [])),
            () => refusal = _buffer.TryGrant(Two, Instance, AccessRights.Read, 0, 1, out _));

        Assert.NotNull(refusal);
    }

    [InterleavingFact]
    public void Grants_that_end_at_once_are_both_counted()
    {
        for (int i = 0; i < 3; i++)
            Assert.Null(_buffer.TryGrant(One, Instance, AccessRights.Read, 0, 1, out _));

        Scheduler.Interleave("GuardedMemory.Count", End, End);

        Assert.Equal(ClaimOutcome.InUse, _buffer.TryClaim(new Claim(Two, Instance, [])));
        End();
        Assert.Equal(ClaimOutcome.Claimed, _buffer.TryClaim(new Claim(Two, Instance, [])));
    }

    [InterleavingFact]
    public void A_grant_does_not_end_while_another_is_given()
    {
        Assert.Null(_buffer.TryGrant(One, Instance, AccessRights.Read, 0, 1, out _));

        Scheduler.AssertExcludes("GuardedMemory.TryGrant", () => _buffer.TryGrant(One, Instance, AccessRights.Read, 0, 1, out _), End);
    }

    private void End() => _buffer.EndGrant(One, Instance, AccessRights.Read);

    private sealed class Buffer : GuardedMemory
    {
        internal override ulong Cookie => 1;

        internal override ulong Size => 4096;

        internal override UseCase UseCase => UseCase.SecureVideoPlay;

        internal override PhysicalRange Range => default;

        protected override nint BaseAddress => 0;

        protected override void Scrub()
        {
            // Nor is there anything to scrub.
        }

        protected override void Scrub(ulong offset, ulong length) => Scrub();

        protected override void OnLastReference()
        {
            // Nothing lies behind it.
        }
    }
}
