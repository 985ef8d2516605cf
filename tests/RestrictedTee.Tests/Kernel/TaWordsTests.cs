using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SecureWorld.Firewall;
using RestrictedTee.SecureWorld.Kernel.Messages;
using RestrictedTee.SmcTransport.Board;
using RestrictedTee.Tests.Harness;
using Serilog.Events;

namespace RestrictedTee.Tests.Kernel;

/// <summary>What the secure log tells of TAs and of refusals.</summary>
[Collection(LogCapture.Collection)]
public sealed class TaWordsTests : IDisposable
{
    private static readonly Guid Described = new("0b5d5c8e-1f0a-4b57-9c44-52f6d8a1e0c4");

    private readonly InProcessTee _tee = new();
    private readonly LogCapture _log = new();

    public void Dispose()
    {
        _log.Dispose();
        _tee.Dispose();
    }

    [Fact]
    public void The_words_with_which_a_ta_refuses_are_told_on_one_line()
    {
        using TeeContext context = _tee.OpenContext();
        using TeeSession session = context.OpenSession(Described);

        Assert.Equal(TeecResult.BadState, session.TryInvoke(2, null, out _));

        Assert.Contains(_log.Lines, line => line.Level == LogEventLevel.Information
            && line.Text.Contains(Described.ToString(), StringComparison.Ordinal)
            && line.Text.Contains("BadState", StringComparison.Ordinal)
            && line.Text.Contains("the cupboard is bare", StringComparison.Ordinal));
    }

    [Fact]
    public void A_call_of_the_wrong_shape_is_told_with_what_was_expected_and_what_was_given()
    {
        using TeeContext context = _tee.OpenContext();
        using TeeSession session = context.OpenSession(Described);

        Assert.Equal(TeecResult.BadParameters, session.TryInvoke(0, new Operation(Parameter.ValueInOut(1)), out _));

        Assert.Contains(_log.Lines, line => line.Level == LogEventLevel.Information
            && line.Text.Contains("(ValueInOut, None, None, None)", StringComparison.Ordinal)
            && line.Text.Contains("(ValueInput, MemrefOutput, None, None)", StringComparison.Ordinal));
    }

    [Fact]
    public void Refusals_of_the_firewall_are_warnings_and_the_lost_ones_are_counted()
    {
        const int TooMany = 300, Kept = 256;
        var firewall = new FirewallRules();
        var notifications = new Notifications(firewall);
        var master = new MasterId(BusMasterKind.Device, "words");
        for (int i = 0; i < TooMany; i++)
            firewall.Faults.Add(new FaultRecord(DateTimeOffset.UnixEpoch, master, UseCase.SecureVideoPlay, 0, AccessRights.Read, "a reason"));

        notifications.DoBottomHalf();

        Assert.Equal(Kept, _log.Lines.Count(line => line.Level == LogEventLevel.Warning && line.Text.Contains("words", StringComparison.Ordinal)));
        Assert.Contains(_log.Lines, line => line.Level == LogEventLevel.Warning && line.Text.Contains($"{TooMany - Kept} older", StringComparison.Ordinal));
    }
}
