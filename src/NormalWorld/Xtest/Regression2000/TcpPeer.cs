using System.Net;
using System.Net.Sockets;

namespace RestrictedTee.Xtest.Regression2000;

/// <summary>A server on this machine: what it receives must continue one stream, and for each byte it sends one of another.</summary>
internal sealed class TcpPeer : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly List<Socket> _connections = []; // the lock of itself protects it
    private readonly Action<Socket> _serve;

    /// <param name="received">What is to come.</param>
    /// <param name="sent">What goes back.</param>
    internal TcpPeer(ByteStream received, ByteStream sent)
        : this() => _serve = connection => Answer(connection, received, sent);

    /// <summary>One that takes connections, and nothing that comes on them.</summary>
    private TcpPeer()
    {
        _serve = _ => { };
        _listener.ReceiveBufferSize = 4096;
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        Port = (ushort)((IPEndPoint)_listener.LocalEndPoint!).Port;
        new Thread(Accept, maxStackSize: 256 * 1024) { IsBackground = true, Name = "tcp peer" }.Start();
    }

    internal static string Host => "127.0.0.1";

    internal ushort Port { get; }

    /// <summary>Whether something has come that should not.</summary>
    internal bool HasFailed { get; private set; }

    internal static TcpPeer NewSilent() => new();

    public void Dispose()
    {
        _listener.Dispose();
        lock (_connections)
            _connections.ForEach(connection => connection.Dispose());
    }

    private void Accept()
    {
        try
        {
            while (true)
            {
                Socket connection = _listener.Accept();
                lock (_connections)
                    _connections.Add(connection);
                new Thread(() => Serve(connection), maxStackSize: 256 * 1024) { IsBackground = true, Name = "tcp peer" }.Start();
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The end of the case.
        }
    }

    private void Serve(Socket connection)
    {
        try
        {
            _serve(connection);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The other end has closed, or the case has ended.
        }
    }

    private void Answer(Socket connection, ByteStream received, ByteStream sent)
    {
        byte[] buffer = new byte[512];
        while (connection.Receive(buffer) is var count and > 0)
        {
            HasFailed |= !received.Continues(buffer.AsSpan(0, count));
            connection.Send(sent.Next(count));
        }
    }
}
