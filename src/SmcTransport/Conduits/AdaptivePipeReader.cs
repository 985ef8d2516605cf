using System.Buffers;
using System.Diagnostics;
using System.IO.Pipelines;
using RestrictedTee.SmcTransport.Interop;

namespace RestrictedTee.SmcTransport.Conduits;

/// <summary>
/// The reading end of a conduit's pipe: polls briefly where that pays, and then blocks. A read completes before it returns,
/// since a conduit is served by the thread that waits on it, and nothing is gained by hopping threads.
/// </summary>
internal sealed class AdaptivePipeReader(PipeEnd end, int bufferSize) : PipeReader
{
    // The kernel likes to wake the reader of a pipe on the core of the writer, who then polls in its way: so a poller that does
    // not hear within the time of a short call lets others run.
    private const int PollsBeforeYield = 16;

    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(bufferSize, pinned: true);
    private readonly PollingBet _bet = new();
    private int _start;
    private int _examined;
    private int _end;
    private bool _isCompleted;

    public override bool TryRead(out ReadResult result)
    {
        result = Buffered();
        return _examined < _end || _isCompleted;
    }

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        if (_examined == _end && !_isCompleted)
            Fill();
        return new ValueTask<ReadResult>(Buffered());
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        _start = consumed.GetInteger();
        _examined = examined.GetInteger();
        if (_start == _end)
            _start = _examined = _end = 0;
    }

    public override void CancelPendingRead() => throw new NotSupportedException("A read is ended by disposing the pipe's end.");

    public override void Complete(Exception? exception = null) => end.Dispose();

    private ReadResult Buffered() => new(new ReadOnlySequence<byte>(_buffer, _start, _end - _start), isCanceled: false, _isCompleted);

    private void Fill()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start.._end).CopyTo(_buffer);
            (_start, _examined, _end) = (0, _examined - _start, _end - _start);
        }

        int count = Read(_buffer.AsSpan(_end));
        _end += count;
        _isCompleted = count == 0;
    }

    private int Read(Span<byte> buffer)
    {
        long begin = Stopwatch.GetTimestamp();
        if (Crowding.OfThisProcess.IsNoticed(begin))
            return end.Read(buffer);
        if (_bet.Place() && SpinGovernor.TryEnter())
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
}
