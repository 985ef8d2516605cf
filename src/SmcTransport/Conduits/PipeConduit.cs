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
    private const int BufferSize = 8 * SmcFrame.Size; // one frame is under way; a peer that sends more is read in fewer calls

    private readonly PipeEnd _input;
    private readonly PipeEnd _output;
    private readonly AdaptivePipeReader _reader;
    private readonly PipeEndWriter _writer;

    /// <param name="input">Where frames come in.</param>
    /// <param name="output">Where frames go out.</param>
    /// <param name="isAnswered">Whether what comes in answers what went out, as it does in the normal world.</param>
    internal PipeConduit(PipeEnd input, PipeEnd output, bool isAnswered = false)
    {
        _input = input;
        _output = output;
        _reader = new AdaptivePipeReader(input, BufferSize, isAnswered);
        _writer = new PipeEndWriter(output, SmcFrame.Size);
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
            ReadResult result;
            while ((result = Completed(_reader.ReadAsync())).Buffer.FirstSpan.Length < SmcFrame.Size)
            {
                if (result.IsCompleted)
                    return false; // the peer closed, in the middle of a frame at worst
                _reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
            }

            result.Buffer.FirstSpan[..SmcFrame.Size].CopyTo(frame.AsBytes()); // its buffer is one piece
            _reader.AdvanceTo(result.Buffer.GetPosition(SmcFrame.Size));
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

    // Both complete every read and write before they return, so there is never anything to await.
    private static T Completed<T>(ValueTask<T> task) =>
        task.IsCompleted ? task.Result : throw new InvalidOperationException("A conduit stream did not complete synchronously.");
}
