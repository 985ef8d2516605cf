using System.Diagnostics;
using RestrictedTee.SmcTransport.Interop;

namespace RestrictedTee.SmcTransport.Conduits;

/// <summary>
/// One direction of a conduit's pipe as a stream whose reads poll briefly and then block, and always complete
/// synchronously: a conduit is served by the thread that waits on it, so nothing is gained by hopping threads.
/// </summary>
internal sealed class AdaptivePipeStream(PipeEnd end) : Stream
{
    // The kernel likes to wake the reader of a pipe on the core of the writer, who then polls in its way: so a poller that does
    // not hear within the time of a short call lets others run.
    private const int PollsBeforeYield = 16;

    private readonly PollingBet _bet = new();

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        long begin = Stopwatch.GetTimestamp();
        if (!Crowding.OfThisProcess.IsNoticed(begin) && _bet.Place() && SpinGovernor.TryEnter())
        {
            try
            {
                int count = Poll(buffer, begin);
                if (count >= 0)
                    return count;
            }
            finally
            {
                SpinGovernor.Exit();
            }

            return end.Read(buffer);
        }

        int read = end.Read(buffer);
        _bet.SatOut(Stopwatch.GetTimestamp() - begin);
        return read;
    }

    private int Poll(Span<byte> buffer, long begin)
    {
        long now = begin, deadline = begin + PollingBet.StakeTicks;
        for (int polls = 0; now < deadline; polls++)
        {
            int count = end.TryRead(buffer);
            if (count >= 0)
            {
                _bet.Won();
                return count;
            }

            if (polls >= PollsBeforeYield)
                Thread.Yield();
            long before = now;
            now = Stopwatch.GetTimestamp();
            if (now - before > PollingBet.StakeTicks)
                Crowding.OfThisProcess.Notice(now);
        }

        _bet.Lost();
        return -1;
    }

    public override void Write(ReadOnlySpan<byte> buffer) => end.WriteAll(buffer);

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        new(Read(buffer.Span));

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            end.Dispose();
        base.Dispose(disposing);
    }
}
