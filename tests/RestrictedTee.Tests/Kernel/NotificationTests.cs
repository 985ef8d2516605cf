using RestrictedTee.SecureWorld.Firewall;
using RestrictedTee.SecureWorld.Kernel.Messages;
using RestrictedTee.SmcTransport.Interop;

namespace RestrictedTee.Tests.Kernel;

/// <summary>Pending notifications, and the line that says so.</summary>
public sealed class NotificationTests : IDisposable
{
    /// <summary>More than a pipe takes.</summary>
    private const int Many = 70_000;

    private readonly Notifications _notifications = new(new FirewallRules());
    private readonly PipeEnd _reader;
    private readonly PipeEnd _writer;

    public NotificationTests()
    {
        (Microsoft.Win32.SafeHandles.SafeFileHandle read, Microsoft.Win32.SafeHandles.SafeFileHandle write) = PipeEnd.CreatePipe();
        (_reader, _writer) = (new PipeEnd(read), new PipeEnd(write));
        _notifications.Connect(_writer);
    }

    public void Dispose()
    {
        _reader.Dispose();
        _writer.Dispose();
    }

    [Fact]
    public async Task Notifications_that_nobody_reads_block_nobody()
    {
        _notifications.Enable();

        Task posts = Task.Run(() =>
        {
            for (int i = 0; i < Many; i++)
            {
                _notifications.Post(0);
                _notifications.TryTake(out _, out _);
                _notifications.Ring();
            }
        });

        await posts.WaitAsync(TimeSpan.FromSeconds(30)); // else a notification waits for its reader
        Assert.True(Rings() > 0);
    }

    [Fact]
    public void What_was_posted_while_notifications_were_off_is_rung_for_when_they_are_enabled()
    {
        _notifications.Enable();
        _notifications.Stop();
        _notifications.Post(5);
        Assert.Equal(0, Rings());

        _notifications.Enable();

        Assert.Equal(1, Rings());
        Assert.True(_notifications.TryTake(out uint value, out bool more));
        Assert.Equal((5u, false), (value, more));
        _notifications.Enable();
        Assert.Equal(0, Rings());
    }

    [Fact]
    public void One_ring_does_for_all_that_is_pending_and_the_next_post_after_all_was_taken_rings_again()
    {
        _notifications.Enable();
        _notifications.Post(7);
        _notifications.Post(3);
        _notifications.Post(7);
        Assert.Equal(1, Rings());

        Assert.True(_notifications.TryTake(out uint first, out bool more));
        Assert.Equal((3u, true), (first, more));
        Assert.True(_notifications.TryTake(out uint second, out more));
        Assert.Equal((7u, false), (second, more));
        Assert.False(_notifications.TryTake(out _, out _));
        _notifications.Post(3);

        Assert.Equal(1, Rings());
    }

    [Fact]
    public void Over_ffa_what_was_posted_while_notifications_were_off_is_set_when_they_are_enabled()
    {
        var set = new List<ulong>();
        _notifications.FfaSet = bitmap =>
        {
            set.Add(bitmap);
            return true;
        };
        _notifications.Post(0);
        Assert.Empty(set);

        _notifications.Enable(bottomHalf: 9);
        _notifications.Enable(bottomHalf: 9);
        _notifications.Stop();
        _notifications.Post(0);
        _notifications.Enable(bottomHalf: 4);
        _notifications.Post(0);

        Assert.Equal([1UL << 9, 1UL << 4, 1UL << 4], set);
    }

    [Fact]
    public void Over_ffa_what_could_not_be_set_yet_is_set_when_notifications_are_enabled_again()
    {
        int set = 0;
        bool bound = false;
        _notifications.FfaSet = _ =>
        {
            set += bound ? 1 : 0;
            return bound;
        };
        _notifications.Enable(bottomHalf: 1);
        _notifications.Post(0);
        bound = true;

        _notifications.Enable(bottomHalf: 1);

        Assert.Equal(1, set);
    }

    private int Rings()
    {
        byte[] bytes = new byte[2 * Many];
        int count = _reader.TryRead(bytes);
        return Math.Max(count, 0);
    }
}
