using System.Buffers.Binary;

namespace RestrictedTee.Sdk;

/// <summary>A connection by TCP (TEE_tcpSocket, GPD_SPE_101).</summary>
public sealed class TcpSocket : TeeSocket
{
    private TcpSocket(Opened opened)
        : base(opened, SocketCommands.ProtocolTcp)
    {
    }

    /// <summary>TEE_iSocket open of TEE_tcpSocket, with a TEE_tcpSocket_Setup: connects.</summary>
    /// <param name="host">server_addr: a name or an address.</param>
    /// <param name="port">server_port.</param>
    /// <param name="version">ipVersion.</param>
    /// <exception cref="TeeException">As <see cref="TryOpen"/>; for an error of the protocol that error itself, such as SocketHostName.</exception>
    public static TcpSocket Open(string host, ushort port, IpVersion version = IpVersion.Any)
    {
        TeeResult result = TryOpen(host, port, version, out TcpSocket? socket, out TeeResult protocolError);
        ThrowUnless(protocolError != TeeResult.Success ? protocolError : result);
        return socket!;
    }

    /// <summary>As <see cref="Open"/>, without throwing.</summary>
    /// <returns>
    /// SocketProtocol, with SocketHostName as the protocol's error; Communication: nobody listens there, or no way leads there; SocketTimeout;
    /// SocketOutOfResources: the instance, or the normal world, has all sockets that it may have.
    /// </returns>
    public static TeeResult TryOpen(string host, ushort port, IpVersion version, out TcpSocket? socket, out TeeResult protocolError)
    {
        TeeResult result = TryOpen(host, port, version, SocketCommands.ProtocolTcp, out Opened opened, out protocolError);
        socket = result == TeeResult.Success ? new TcpSocket(opened) : null;
        return result;
    }

    /// <summary>TEE_TCP_SET_RECVBUF: how many bytes the normal world keeps for this TA, about.</summary>
    /// <exception cref="TeeException">BadParameters.</exception>
    public void SetReceiveBufferSize(uint bytes) => SetBufferSize(SocketCommands.IoctlTcpSetReceiveBuffer, bytes);

    /// <summary>TEE_TCP_SET_SENDBUF: how many bytes the normal world keeps for the peer, about.</summary>
    /// <exception cref="TeeException">BadParameters.</exception>
    public void SetSendBufferSize(uint bytes) => SetBufferSize(SocketCommands.IoctlTcpSetSendBuffer, bytes);

    private protected override bool HasIoctl(uint command) => command is SocketCommands.IoctlTcpSetReceiveBuffer or SocketCommands.IoctlTcpSetSendBuffer;

    private void SetBufferSize(uint command, uint bytes)
    {
        Span<byte> argument = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(argument, bytes);
        ThrowUnless(TryIoctl(command, argument, out _));
    }
}
