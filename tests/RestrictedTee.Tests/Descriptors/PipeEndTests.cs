using System.Diagnostics;
using Microsoft.Win32.SafeHandles;
using RestrictedTee.SmcTransport.Interop;

namespace RestrictedTee.Tests.Descriptors;

/// <summary>Invariant 10, of an end of a pipe: whoever waits on it, and for whatever, has left it when it is closed.</summary>
public sealed class PipeEndTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20), Nearly = TimeSpan.FromMilliseconds(990);

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

    [Fact]
    public void A_wait_for_something_to_read_ends_when_it_is_there_and_leaves_it_there()
    {
        (SafeFileHandle r, SafeFileHandle w) = PipeEnd.CreatePipe();
        using var reader = new PipeEnd(r);
        using var writer = new PipeEnd(w);
        var waiter = new Thread(() => reader.WaitReadable(Ticks(Nearly)));
        byte[] bytes = new byte[8];

        waiter.Start();
        writer.WriteAll([7]);

        Assert.True(waiter.Join(Deadline));
        var time = Stopwatch.StartNew();
        reader.WaitReadable(Ticks(Nearly));
        Assert.True(time.Elapsed < Nearly, $"It took {time.Elapsed}.");
        Assert.Equal(1, reader.TryRead(bytes));
    }

    [Fact]
    public void A_wait_for_something_to_read_ends_when_its_time_is_over()
    {
        (SafeFileHandle r, SafeFileHandle w) = PipeEnd.CreatePipe();
        using var reader = new PipeEnd(r);
        using SafeFileHandle held = w;
        var wait = TimeSpan.FromMilliseconds(5);

        var time = Stopwatch.StartNew();
        reader.WaitReadable(Ticks(wait));

        Assert.InRange(time.Elapsed, wait, Deadline);
        Assert.Equal(-1, reader.TryRead(new byte[8]));
    }

    [Fact]
    public void A_wait_for_something_to_read_of_an_end_that_is_disposed_is_over_and_throws_nothing()
    {
        (SafeFileHandle r, SafeFileHandle w) = PipeEnd.CreatePipe();
        using SafeFileHandle held = w;
        var reader = new PipeEnd(r);
        reader.Dispose();

        var time = Stopwatch.StartNew();
        reader.WaitReadable(Ticks(Nearly));

        Assert.True(time.Elapsed < Nearly, $"It took {time.Elapsed}.");
    }

    [Fact]
    public void Disposing_an_end_while_something_to_read_is_waited_for_throws_nothing_and_the_wait_ends_with_its_time()
    {
        for (int i = 0; i < 50; i++)
        {
            (SafeFileHandle r, SafeFileHandle w) = PipeEnd.CreatePipe();
            using SafeFileHandle held = w;
            var end = new PipeEnd(r);
            Exception? thrown = null;
            var waiter = new Thread(() => thrown = Record.Exception(() => end.WaitReadable(Ticks(TimeSpan.FromMilliseconds(2)))));
            waiter.Start();

            end.Dispose();

            Assert.True(waiter.Join(Deadline));
            Assert.Null(thrown);
            Assert.True(r.IsClosed);
        }
    }

    private static long Ticks(TimeSpan time) => (long)(time.TotalSeconds * Stopwatch.Frequency);
}
