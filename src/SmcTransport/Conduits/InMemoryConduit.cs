using RestrictedTee.SmcTransport.Frames;

namespace RestrictedTee.SmcTransport.Conduits;

/// <summary>
/// A conduit inside one process: for tests, and to tell the cost of the protocol from the cost of a wake-up.
/// </summary>
internal sealed class InMemoryConduit : IConduit
{
    private readonly Mailbox _inbox;
    private readonly Mailbox _outbox;

    private InMemoryConduit(Mailbox inbox, Mailbox outbox)
    {
        _inbox = inbox;
        _outbox = outbox;
    }

    internal static (IConduit Normal, IConduit Secure) CreatePair()
    {
        var toSecure = new Mailbox();
        var toNormal = new Mailbox();
        return (new InMemoryConduit(toNormal, toSecure), new InMemoryConduit(toSecure, toNormal));
    }

    public bool TrySend(in SmcFrame frame) => _outbox.Put(frame);

    public bool TryReceive(ref SmcFrame frame) => _inbox.Take(ref frame);

    public void Dispose()
    {
        _inbox.Close();
        _outbox.Close();
    }

    /// <summary>A queue of frames, as a pipe is: what was sent before the close can still be read after it.</summary>
    private sealed class Mailbox
    {
        private readonly object _lock = new(); // protects _frames and _closed; a leaf
        private readonly Queue<SmcFrame> _frames = new();
        private bool _closed;

        internal bool Put(in SmcFrame frame)
        {
            lock (_lock)
            {
                if (_closed)
                    return false;
                _frames.Enqueue(frame);
                Monitor.Pulse(_lock);
                return true;
            }
        }

        internal bool Take(ref SmcFrame frame)
        {
            lock (_lock)
            {
                while (_frames.Count == 0)
                {
                    if (_closed)
                        return false;
                    Monitor.Wait(_lock);
                }

                frame = _frames.Dequeue();
                return true;
            }
        }

        internal void Close()
        {
            lock (_lock)
            {
                _closed = true;
                Monitor.PulseAll(_lock);
            }
        }
    }
}
