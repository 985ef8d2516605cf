using System.Net;
using System.Net.Sockets;

namespace RestrictedTee.Xtest.Regression2000;

/// <summary>A server on this machine: each datagram must continue one stream, and one of the same size of another goes back.</summary>
internal sealed class UdpPeer : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly ByteStream _received;
    private readonly ByteStream _sent;

    internal UdpPeer(IPAddress address, ByteStream received, ByteStream sent)
    {
        (_received, _sent) = (received, sent);
        _socket.Bind(new IPEndPoint(address, 0));
        var bound = (IPEndPoint)_socket.LocalEndPoint!;
        (Host, Port) = (bound.Address.ToString(), (ushort)bound.Port);
        new Thread(Serve, maxStackSize: 256 * 1024) { IsBackground = true, Name = "udp peer" }.Start();
    }

    internal string Host { get; }

    internal ushort Port { get; }

    /// <summary>Whether something has come that should not.</summary>
    internal bool HasFailed { get; private set; }

    public void Dispose() => _socket.Dispose();

    private void Serve()
    {
        byte[] buffer = new byte[ushort.MaxValue];
        EndPoint from = new IPEndPoint(IPAddress.Any, 0);
        try
        {
            while (true)
            {
                int count = _socket.ReceiveFrom(buffer, ref from);
                HasFailed |= !_received.Continues(buffer.AsSpan(0, count));
                _socket.SendTo(_sent.Next(count), from);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The end of the case.
        }
    }
}
