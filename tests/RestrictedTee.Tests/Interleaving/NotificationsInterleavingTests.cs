using RestrictedTee.SecureWorld.Firewall;
using RestrictedTee.SecureWorld.Kernel.Messages;
using RestrictedTee.SmcTransport.Interop;

namespace RestrictedTee.Tests.Interleaving;

/// <summary>Notifications that are posted, taken and enabled at the same moment.</summary>
public sealed class NotificationsInterleavingTests : IDisposable
{
    private readonly Notifications _notifications = new(new FirewallRules());
    private readonly PipeEnd _reader;
    private readonly PipeEnd _writer;

    public NotificationsInterleavingTests()
    {
        (Microsoft.Win32.SafeHandles.SafeFileHandle read, Microsoft.Win32.SafeHandles.SafeFileHandle write) = PipeEnd.CreatePipe();
        (_reader, _writer) = (new PipeEnd(read), new PipeEnd(write));
        _notifications.Connect(_writer);
    }

    public static TheoryData<string> Operations => ["Connect", "Enable", "Enable over FF-A", "Ring", "Stop", "Post", "TryTake"];

    public void Dispose()
    {
        _reader.Dispose();
        _writer.Dispose();
    }

    [InterleavingFact]
    public void Two_posts_at_once_ring_once()
    {
        _notifications.Enable();

        Scheduler.Interleave("Notifications.Post", () => _notifications.Post(1), () => _notifications.Post(2));

        Assert.Equal(1, _reader.TryRead(new byte[8]));
    }

    [InterleavingFact]
    public void Who_is_to_close_the_log_waits_for_refusals_that_another_is_about_to_write() =>
        Scheduler.AssertExcludes("Notifications.WriteRefusals", _notifications.DoBottomHalf, _notifications.DoBottomHalf);

    [InterleavingFact]
    public void A_value_is_taken_once()
    {
        _notifications.Post(3);
        bool first = false, second = false;

        Scheduler.Interleave("Notifications.TryTake", () => first = _notifications.TryTake(out _, out _), () => second = _notifications.TryTake(out _, out _));

        Assert.Equal((true, false), (first, second));
    }

    [InterleavingFact]
    public void A_post_that_comes_while_the_last_value_is_taken_is_rung_for()
    {
        _notifications.Enable();
        _notifications.Post(3);
        Assert.Equal(1, _reader.TryRead(new byte[8]));

        Scheduler.Interleave("Notifications.TryTake", () => _notifications.TryTake(out _, out _), () => _notifications.Post(4));

        Assert.Equal(1, _reader.TryRead(new byte[8]));
        Assert.True(_notifications.TryTake(out uint value, out _));
        Assert.Equal(4u, value);
    }

    [InterleavingFact]
    public void What_ffa_refused_is_set_when_notifications_are_enabled_before_the_refusal_is_noted()
    {
        bool bound = false;
        int set = 0;
        _notifications.FfaSet = _ =>
        {
            set += bound ? 1 : 0;
            return bound;
        };
        _notifications.Enable(bottomHalf: 1);

        Scheduler.Interleave("Notifications.FfaSet", () => _notifications.Post(0), () =>
        {
            bound = true;
            _notifications.Enable(bottomHalf: 1);
        });

        Assert.Equal(1, set);
    }

    [InterleavingFact]
    public void What_ffa_refused_is_noted_as_one_step()
    {
        _notifications.FfaSet = _ => false;
        _notifications.Enable(bottomHalf: 1);
        _notifications.Post(5);
        ScheduledThread refused = ScheduledThread.HeldAt("Notifications.FfaSet", () => _notifications.Post(0));
        ScheduledThread taker = ScheduledThread.HeldAt("Notifications.TryTake", () => _notifications.TryTake(out _, out _));

        refused.LetGo();
        bool passed = refused.HasEnded;
        taker.Finish();
        refused.Finish();

        Assert.False(passed, "A refusal was noted while a value was being taken.");
    }

    [InterleavingTheory]
    [MemberData(nameof(Operations))]
    public void Nothing_gets_in_between_looking_at_what_is_pending_and_changing_it(string operation) =>
        Scheduler.AssertExcludes("Notifications.TryTake", () => _notifications.TryTake(out _, out _), operation switch
        {
            "Connect" => () => _notifications.Connect(_writer),
            "Enable" => _notifications.Enable,
            "Enable over FF-A" => () => _notifications.Enable(bottomHalf: 1),
            "Ring" => _notifications.Ring,
            "Stop" => _notifications.Stop,
            "Post" => () => _notifications.Post(2),
            _ => () => _notifications.TryTake(out _, out _),
        });
}
