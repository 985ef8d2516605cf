using System.Buffers;
using System.IO.Pipelines;
using RestrictedTee.SmcTransport.Frames;
using RestrictedTee.SmcTransport.Interop;

namespace RestrictedTee.SmcTransport.Conduits;

/// <summary>
/// A conduit over one pipe pair between two processes. Frames shorter than PIPE_BUF are written atomically; reads
/// may still be split by a hostile peer, and are put together again by the <see cref="PipeReader"/>.
/// </summary>
internal sealed class PipeConduit : IConduit
{
    private readonly PipeEnd _input;
    private readonly PipeEnd _output;
    private readonly PipeReader _reader;
    private readonly PipeWriter _writer;

    internal PipeConduit(PipeEnd input, PipeEnd output)
    {
        _input = input;
        _output = output;
        _reader = PipeReader.Create(new AdaptivePipeStream(input), new StreamPipeReaderOptions(bufferSize: 4096, minimumReadSize: SmcFrame.Size));
        _writer = PipeWriter.Create(new AdaptivePipeStream(output), new StreamPipeWriterOptions(minimumBufferSize: SmcFrame.Size));
    }

    public bool TrySend(in SmcFrame frame)
    {
        frame.AsReadOnlyBytes().CopyTo(_writer.GetSpan(SmcFrame.Size));
        _writer.Advance(SmcFrame.Size);
        try
        {
            Completed(_writer.FlushAsync());
            return true;
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            return false;
        }
    }

    public bool TryReceive(ref SmcFrame frame)
    {
        try
        {
            ReadResult result = Completed(_reader.ReadAtLeastAsync(SmcFrame.Size));
            if (result.Buffer.Length < SmcFrame.Size)
                return false; // the peer closed, in the middle of a frame at worst
            ReadOnlySequence<byte> bytes = result.Buffer.Slice(0, SmcFrame.Size);
            bytes.CopyTo(frame.AsBytes());
            _reader.AdvanceTo(bytes.End);
            return true;
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            return false;
        }
    }

    // Whoever disposes need not be the thread that uses the conduit, and a pipe reader or writer bears only one thread. So only
    // the descriptors are closed: a read or write under way fails, and no frame is ever left unflushed.
    public void Dispose()
    {
        _output.Dispose();
        _input.Dispose();
    }

    // AdaptivePipeStream completes every read and write before it returns, so there is never anything to await.
    private static T Completed<T>(ValueTask<T> task) =>
        task.IsCompleted ? task.Result : throw new InvalidOperationException("A conduit stream did not complete synchronously.");
}
