using RestrictedTee.SecureWorld.Firewall;
using RestrictedTee.SecureWorld.ProtectedMemory;
using RestrictedTee.SmcTransport.Board;

namespace RestrictedTee.Tests.Firewall;

/// <summary>Who decides at run time (SMAF v10, 2016, and its test module).</summary>
public sealed class SecurityModuleTests
{
    [Fact]
    public void Smaf_the_test_module_records_each_decision_and_whether_a_cpu_mapping_was_asked_for()
    {
        using var bench = new FirewallBench(BoardFile.Default with { SecurityModule = "recording" });
        RestrictedBuffer buffer = bench.Allocate();

        bench.Map(FirewallBench.Camera, buffer, AccessRights.ReadWrite); // the board gives it nothing
        bench.Access.AskForCpuMapping(buffer, AccessRights.Read);
        bench.Access.Revoke(FirewallBench.Camera.Id, buffer);

        var module = (RecordingSecurityModule)bench.Rules.Module;
        Assert.Equal(
            [(SecurityQuestion.Grant, "camera", true), (SecurityQuestion.CpuMapping, "cpu", false), (SecurityQuestion.Revoke, "camera", true)],
            module.Decisions.Select(decision => (decision.Question, decision.Request.Master.Name, decision.IsAllowed)));
        Assert.All(module.Decisions, decision => Assert.False(decision.Request.IsAllowedByBoard));
    }

    [Fact]
    public void Smaf_the_module_hears_when_a_device_unmaps_and_when_what_it_granted_comes_to_nothing()
    {
        BoardFile board = BoardFile.Default with
        {
            SecurityModule = "recording",
            Pools = [new PoolRegion { UseCase = UseCase.SecureVideoPlay, Base = (1UL << 40) - 8192, Size = 1 << 20 }],
        };
        using var bench = new FirewallBench(board);
        RestrictedBuffer reached = bench.Allocate(4096), beyond = bench.Allocate(16384);

        bench.Access.Unmap(bench.Map(FirewallBench.Decoder, reached, AccessRights.Read));
        Assert.Equal(DeviceAccessOutcome.OutOfReach, bench.Access.Map(FirewallBench.Display.Id, beyond, AccessRights.Read, out _));

        Assert.Equal(
            [
                (SecurityQuestion.Grant, BusMasterNames.VideoDecoder, reached.Cookie), (SecurityQuestion.Revoke, BusMasterNames.VideoDecoder, reached.Cookie),
                (SecurityQuestion.Grant, BusMasterNames.DisplayController, beyond.Cookie), (SecurityQuestion.Revoke, BusMasterNames.DisplayController, beyond.Cookie),
            ],
            ((RecordingSecurityModule)bench.Rules.Module).Decisions.Select(decision => (decision.Question, decision.Request.Master.Name, decision.Request.Cookie)));
    }

    [Fact]
    public void No_module_lets_beyond_a_ceiling_or_a_claim()
    {
        using var bench = new FirewallBench(BoardFile.Default with { SecurityModule = "recording" });
        RestrictedBuffer buffer = bench.Allocate();
        ulong handle = bench.Map(FirewallBench.Camera, buffer, AccessRights.Read);
        bench.Rules.TryClaim(FirewallBench.SecureTa, 1, buffer, []);
        BusMaster plainTa = BusMaster.TrustedApp(Guid.Empty, hasSecureDataPath: false);

        Assert.False(bench.TryBurst(FirewallBench.Camera, handle, AccessRights.Read));
        Assert.False(bench.Rules.TryGrant(plainTa, 1, buffer, 0, 1, AccessRights.Read, out _));
        Assert.False(bench.Rules.TryGrant(BusMaster.NormalWorldCpu, 0, buffer, 0, 1, AccessRights.Read, out _));
    }

    [Fact]
    public void A_board_that_asks_for_a_module_that_is_not_there_is_refused_in_words()
    {
        InvalidDataException refused = Assert.Throws<InvalidDataException>(() => new FirewallRules(BoardFile.Default with { SecurityModule = "acme" }));

        Assert.Contains("tee, recording", refused.Message, StringComparison.Ordinal);
    }
}
