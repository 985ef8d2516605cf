using RestrictedTee.SmcTransport.Conduits;
using RestrictedTee.SmcTransport.Interop;

namespace RestrictedTee.NormalWorld.Serving;

/// <summary>How one end of a connection waits for the next packet.</summary>
internal sealed class SocketWait
{
    private readonly AdaptiveWait _wait = new();
    private static readonly bool Polls = Environment.GetEnvironmentVariable("SOCKPOLL") is not null;

    /// <summary>Waits for one packet; as <see cref="DescriptorSocket.Receive"/>.</summary>
    internal Received Receive(DescriptorSocket socket, Span<byte> packet, ReceivedDescriptors descriptors, int allowed)
    {
        if (!Polls)
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
