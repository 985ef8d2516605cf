using Microsoft.Win32.SafeHandles;
using RestrictedTee.SmcTransport.Interop;
using RestrictedTee.Tests.Harness;

namespace RestrictedTee.Tests.Descriptors;

/// <summary>Invariant 10: every descriptor has one owner from the line on which it arrives.</summary>
public sealed class DescriptorOwnershipTests : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);
    private readonly SocketPair _pair = new();

    public void Dispose() => _pair.Dispose();

    [Fact]
    public void What_nobody_took_is_closed_with_the_packet()
    {
        (SafeFileHandle read, SafeFileHandle write) = PipeEnd.CreatePipe();
        using (read)
            Assert.True(_pair.Near.TrySend([1], write));
        write.Dispose();
        SafeFileHandle arrived;

        using (var descriptors = new ReceivedDescriptors())
        {
            Assert.True(_pair.Far.Receive(new byte[8], descriptors).IsWhole);
            arrived = descriptors.First!;
            Assert.False(arrived.IsClosed);
        }

        Assert.True(arrived.IsClosed);
    }

    [Fact]
    public void No_more_descriptors_enter_than_are_allowed()
    {
        using SafeFileHandle one = File.OpenHandle("/dev/null");
        _pair.Near.TrySend([1], one, one, one);
        using var descriptors = new ReceivedDescriptors();

        Received received = _pair.Far.Receive(new byte[8], descriptors, allowed: 1);

        Assert.Equal(new Received(1, IsTruncated: false, LostDescriptors: true), received);
        Assert.Equal(1, descriptors.Count);
    }

    [Fact]
    public void None_are_allowed_when_none_are_expected()
    {
        using SafeFileHandle one = File.OpenHandle("/dev/null");
        _pair.Near.TrySend([1], one);
        using var descriptors = new ReceivedDescriptors();

        Assert.True(_pair.Far.Receive(new byte[8], descriptors, allowed: 0).LostDescriptors);
        Assert.Equal(0, descriptors.Count);
    }

    [Fact]
    public void A_message_that_is_too_long_says_so()
    {
        _pair.Near.TrySend(new byte[9]);
        using var descriptors = new ReceivedDescriptors();

        Assert.Equal(new Received(8, IsTruncated: true, LostDescriptors: false), _pair.Far.Receive(new byte[8], descriptors));
    }

    [Fact]
    public void What_was_said_before_closing_is_heard_though_the_other_side_was_not_listened_to()
    {
        _pair.Near.TrySend([1]);
        _pair.Far.TrySend([2, 2]);
        _pair.Far.Dispose();
        using var descriptors = new ReceivedDescriptors();

        Assert.Equal(2, _pair.Near.Receive(new byte[8], descriptors).Length);
        Assert.Equal(0, _pair.Near.Receive(new byte[8], descriptors).Length);
    }

    [Fact]
    public void Disposing_a_pipe_end_wakes_whoever_waits_to_write_to_it()
    {
        for (int i = 0; i < 200; i++)
        {
            (SafeFileHandle r, SafeFileHandle w) = PipeEnd.CreatePipe();
            using SafeFileHandle held = r;
            var end = new PipeEnd(w);
            while (end.TryWrite(new byte[4096]) > 0)
            {
                // Until it is full.
            }

            Exception? thrown = null;
            var waiter = new Thread(() => thrown = Record.Exception(() => end.WriteAll(new byte[4096])));
            waiter.Start();

            end.Dispose();

            Assert.True(waiter.Join(Deadline));
            Assert.IsType<ObjectDisposedException>(thrown);
        }
    }

    [Fact]
    public void Disposing_a_pipe_end_wakes_whoever_is_blocked_in_a_read_of_it()
    {
        for (int i = 0; i < 200; i++)
        {
            (SafeFileHandle r, SafeFileHandle w) = PipeEnd.CreatePipe();
            using SafeFileHandle held = w;
            var end = new PipeEnd(r);
            int count = -1;
            var reader = new Thread(() => count = end.Read(new byte[8]));
            reader.Start();
            if (i % 2 == 0)
                SpinWait.SpinUntil(() => reader.ThreadState.HasFlag(System.Threading.ThreadState.WaitSleepJoin), 1);

            end.Dispose();

            Assert.True(reader.Join(Deadline));
            Assert.Equal(0, count);
        }
    }

    [Fact]
    public void A_pipe_that_its_writer_keeps_full_does_not_stand_in_the_way_of_disposing_the_end_that_is_read()
    {
        for (int i = 0; i < 50; i++)
        {
            (SafeFileHandle r, SafeFileHandle w) = PipeEnd.CreatePipe();
            var end = new PipeEnd(r);
            using var writer = new PipeEnd(w);
            while (writer.TryWrite(new byte[4096]) > 0)
            {
            }

            using var reads = new ManualResetEventSlim();
            var reader = new Thread(() =>
            {
                byte[] one = new byte[1]; // so the first page stays in the pipe for thousands of reads
                while (end.Read(one) > 0)
                    reads.Set();
            });
            reader.Start();
            Assert.True(reads.Wait(Deadline));

            end.Dispose();

            Assert.True(reader.Join(Deadline));
        }
    }

    [Fact]
    public void A_pipe_end_that_was_waited_on_can_be_asked_without_waiting()
    {
        (SafeFileHandle r, SafeFileHandle w) = PipeEnd.CreatePipe();
        using var reader = new PipeEnd(r);
        using var writer = new PipeEnd(w);
        writer.WriteAll([7]);
        byte[] bytes = new byte[8];

        Assert.Equal(1, reader.Read(bytes));
        Assert.Equal(-1, reader.TryRead(bytes));

        writer.WriteAll([8, 9]);
        Assert.Equal(2, reader.Read(bytes));
        writer.Dispose();
        Assert.Equal(0, reader.Read(bytes));
    }
}
