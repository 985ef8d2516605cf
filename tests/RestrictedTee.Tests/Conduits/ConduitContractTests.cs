using Microsoft.Win32.SafeHandles;
using RestrictedTee.SmcTransport.Conduits;
using RestrictedTee.SmcTransport.Frames;
using RestrictedTee.SmcTransport.Interop;

namespace RestrictedTee.Tests.Conduits;

/// <summary>What every conduit must do, run over all that there are. A new one is tested by being added to the registry.</summary>
public sealed class ConduitContractTests
{
    private static readonly Dictionary<string, Func<(IConduit Normal, IConduit Secure)>> Registry = new()
    {
        ["in-memory"] = InMemoryConduit.CreatePair,
        ["pipe"] = CreatePipePair,
    };

    public static TheoryData<string> Kinds => [.. Registry.Keys];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Frames_arrive_whole_and_in_order(string kind)
    {
        (IConduit normal, IConduit secure) = Registry[kind]();
        const int Count = 2000; // more than a pipe holds
        var sender = new Thread(() =>
        {
            for (ulong i = 0; i < Count; i++)
            {
                SmcFrame sent = default;
                for (int register = 0; register < SmcFrame.RegisterCount; register++)
                    sent[register] = (i << 8) | (uint)register;
                normal.TrySend(sent);
            }
        });
        sender.Start();

        SmcFrame frame = default;
        for (ulong i = 0; i < Count; i++)
        {
            Assert.True(secure.TryReceive(ref frame));
            for (int register = 0; register < SmcFrame.RegisterCount; register++)
                Assert.Equal((i << 8) | (uint)register, frame[register]);
        }

        sender.Join();
        normal.Dispose();
        secure.Dispose();
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void What_was_sent_before_the_close_can_be_received_after_it(string kind)
    {
        (IConduit normal, IConduit secure) = Registry[kind]();
        SmcFrame frame = default;
        frame[0] = 42;
        normal.TrySend(frame);
        normal.Dispose();

        frame = default;
        Assert.True(secure.TryReceive(ref frame));
        Assert.Equal(42UL, frame[0]);
        Assert.False(secure.TryReceive(ref frame));
        Assert.False(secure.TrySend(frame));
        secure.Dispose();
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Disposing_either_end_wakes_a_receiver(string kind)
    {
        foreach (bool own in new[] { false, true })
        {
            (IConduit normal, IConduit secure) = Registry[kind]();
            bool received = true;
            var receiver = new Thread(() =>
            {
                SmcFrame frame = default;
                received = secure.TryReceive(ref frame);
            });
            receiver.Start();
            SpinWait.SpinUntil(() => receiver.ThreadState == ThreadState.WaitSleepJoin, 100);

            (own ? secure : normal).Dispose();

            Assert.True(receiver.Join(TimeSpan.FromSeconds(20)));
            Assert.False(received);
            normal.Dispose();
            secure.Dispose();
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Any_thread_may_dispose_an_end_that_another_is_calling_on(string kind)
    {
        for (int round = 0; round < 200; round++)
        {
            (IConduit normal, IConduit secure) = Registry[kind]();
            var echo = new Thread(() =>
            {
                SmcFrame frame = default;
                while (secure.TryReceive(ref frame) && secure.TrySend(frame))
                {
                    // Until the other end has gone.
                }
            });
            using var calling = new ManualResetEventSlim();
            Exception? thrown = null;
            var caller = new Thread(() => thrown = Record.Exception(() =>
            {
                SmcFrame frame = default;
                while (normal.TrySend(frame) && normal.TryReceive(ref frame))
                    calling.Set();
            }));
            echo.Start();
            caller.Start();
            calling.Wait();

            normal.Dispose();

            Assert.True(caller.Join(TimeSpan.FromSeconds(20)));
            Assert.Null(thrown);
            Assert.True(echo.Join(TimeSpan.FromSeconds(20)));
            secure.Dispose();
        }
    }

    [Fact]
    public void A_frame_that_a_hostile_peer_sends_in_pieces_is_put_together()
    {
        (SafeFileHandle read, SafeFileHandle write) = PipeEnd.CreatePipe();
        (SafeFileHandle otherRead, SafeFileHandle otherWrite) = PipeEnd.CreatePipe();
        using var conduit = new PipeConduit(new PipeEnd(read), new PipeEnd(otherWrite));
        using var raw = new PipeEnd(write);
        byte[] bytes = [.. Enumerable.Range(0, SmcFrame.Size).Select(i => (byte)i)];
        var sender = new Thread(() =>
        {
            foreach (byte[] piece in bytes.Chunk(7))
            {
                raw.WriteAll(piece);
                Thread.Yield();
            }
        });
        sender.Start();

        SmcFrame frame = default;
        Assert.True(conduit.TryReceive(ref frame));

        Assert.Equal(bytes, frame.AsBytes().ToArray());
        sender.Join();
        otherRead.Dispose();
    }

    private static (IConduit Normal, IConduit Secure) CreatePipePair()
    {
        (SafeFileHandle secureIn, SafeFileHandle normalOut) = PipeEnd.CreatePipe();
        (SafeFileHandle normalIn, SafeFileHandle secureOut) = PipeEnd.CreatePipe();
        return (new PipeConduit(new PipeEnd(normalIn), new PipeEnd(normalOut)), new PipeConduit(new PipeEnd(secureIn), new PipeEnd(secureOut)));
    }
}
