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
    // not hear within the time of a short call lets others run. Where that takes it the core for long, the machine is busy, and
    // to block, and be woken with precedence, is better.
    private const int PollsBeforeYield = 16, ReadsWithoutYield = 100;
    private int _crowdedReads;

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
        int count = end.TryRead(buffer);
        if (count >= 0)
            return count;
        if (SpinGovernor.TryEnter())
        {
            try
            {
                count = Poll(buffer);
                if (count >= 0)
                    return count;
            }
            finally
            {
                SpinGovernor.Exit();
            }
        }

        while ((count = end.TryRead(buffer)) < 0)
            end.WaitReadable();
        return count;
    }

    private int Poll(Span<byte> buffer)
    {
        bool yields = _crowdedReads == 0;
        if (!yields)
            _crowdedReads--;
        long now = Stopwatch.GetTimestamp(), deadline = now + SpinGovernor.BudgetTicks;
        for (int polls = 0; now < deadline; polls++)
        {
            int count = end.TryRead(buffer);
            if (count >= 0)
                return count;
            if (yields && polls >= PollsBeforeYield)
            {
                Thread.Yield();
                if (Stopwatch.GetTimestamp() - now > SpinGovernor.BudgetTicks)
                    _crowdedReads = ReadsWithoutYield;
            }

            now = Stopwatch.GetTimestamp();
        }

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
