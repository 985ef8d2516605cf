using System.Buffers;
using System.IO.Pipelines;
using RestrictedTee.SmcTransport.Interop;

namespace RestrictedTee.SmcTransport.Conduits;

/// <summary>
/// The reading end of a conduit's pipe. A read completes before it returns, since a conduit is served by the thread that waits on
/// it (<see cref="AdaptiveWait"/>), and nothing is gained by hopping threads.
/// </summary>
/// <param name="end">What is read.</param>
/// <param name="bufferSize">The most bytes at once.</param>
/// <param name="isAnswered">Whether what comes answers what went out on the same conduit.</param>
internal sealed class AdaptivePipeReader(PipeEnd end, int bufferSize, bool isAnswered) : PipeReader
{
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(bufferSize, pinned: true);
    private readonly AdaptiveWait _wait = new();
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
        var bytes = new Bytes(end, buffer);
        if (isAnswered)
            _wait.WaitForAnswer(ref bytes);
        else
            _wait.Wait(ref bytes);
        return bytes.Count;
    }

    /// <summary>What comes next.</summary>
    private ref struct Bytes(PipeEnd end, Span<byte> buffer) : IAnswer
    {
        private readonly Span<byte> _buffer = buffer;

        /// <summary>How many came; 0 at the end.</summary>
        internal int Count { get; private set; }

        public bool TryTake() => (Count = end.TryRead(_buffer)) >= 0;

        public void Take() => Count = end.Read(_buffer);

        public readonly void Nap(long ticks) => end.WaitReadable(ticks);
    }
}
