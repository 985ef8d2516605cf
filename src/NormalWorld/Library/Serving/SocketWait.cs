using RestrictedTee.SmcTransport.Conduits;
using RestrictedTee.SmcTransport.Interop;

namespace RestrictedTee.NormalWorld.Serving;

/// <summary>How one end of a connection waits for the next packet.</summary>
/// <remarks>
/// While a client's call is under way, the server's thread and the secure world's poll the conduit. Where there are no more
/// cores than these two need, the client gives its own away by blocking, is woken on it, and the server after it: to poll there
/// would take the core from the one that is waited for (tried: 24 µs instead of 21). Elsewhere a wake-up has to reach another
/// core, which takes longer than the call.
/// </remarks>
internal sealed class SocketWait
{
    /// <summary>The three of a call, and one for the rest of the machine.</summary>
    private const int CoresToPoll = 4;

    private readonly AdaptiveWait? _wait;

    internal SocketWait()
        : this(Environment.ProcessorCount)
    {
    }

    internal SocketWait(int cores) => _wait = cores >= CoresToPoll ? new AdaptiveWait() : null;

    /// <summary>Waits for one packet; as <see cref="DescriptorSocket.Receive"/>.</summary>
    internal Received Receive(DescriptorSocket socket, Span<byte> packet, ReceivedDescriptors descriptors, int allowed)
    {
        if (_wait is null)
            return socket.Receive(packet, descriptors, allowed);
        var next = new Packet(socket, packet, descriptors, allowed);
        _wait.Wait(ref next);
        return next.Received;
    }

    private ref struct Packet(DescriptorSocket socket, Span<byte> packet, ReceivedDescriptors descriptors, int allowed) : IAwaited
    {
        private readonly Span<byte> _packet = packet;
        private Received _received;

        internal readonly Received Received => _received;

        public bool TryTake() => socket.TryReceiveNow(_packet, descriptors, allowed, out _received);

        public void Take() => _received = socket.Receive(_packet, descriptors, allowed);
    }
}
