using System.IO.Pipelines;
using RestrictedTee.SmcTransport.Interop;

namespace RestrictedTee.SmcTransport.Conduits;

/// <summary>The writing end of a conduit's pipe: what is flushed goes out in one write, which completes before it returns.</summary>
internal sealed class PipeEndWriter(PipeEnd end, int bufferSize) : PipeWriter
{
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(bufferSize, pinned: true);
    private int _count;

    public override Span<byte> GetSpan(int sizeHint = 0) => _buffer.AsSpan(_count);

    public override Memory<byte> GetMemory(int sizeHint = 0) => _buffer.AsMemory(_count);

    public override void Advance(int bytes) => _count += bytes;

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        int count = _count;
        _count = 0; // also when the write fails: the frame was for a reader that has gone
        end.WriteAll(_buffer.AsSpan(0, count));
        return new ValueTask<FlushResult>(new FlushResult(isCanceled: false, isCompleted: false));
    }

    public override void CancelPendingFlush() => throw new NotSupportedException("A write is ended by disposing the pipe's end.");

    public override void Complete(Exception? exception = null) => end.Dispose();
}
