using System.Buffers.Binary;

namespace RestrictedTee.Sdk;

/// <summary>Datagrams to and from one peer by UDP (TEE_udpSocket, GPD_SPE_103).</summary>
public sealed class UdpSocket : TeeSocket
{
    private UdpSocket(Opened opened)
        : base(opened, SocketCommands.ProtocolUdp)
    {
    }

    /// <summary>TEE_iSocket open of TEE_udpSocket, with a TEE_udpSocket_Setup. Nothing is sent by that.</summary>
    /// <param name="host">server_addr: a name or an address.</param>
    /// <param name="port">server_port.</param>
    /// <param name="version">ipVersion.</param>
    /// <exception cref="TeeException">As <see cref="TryOpen"/>; for an error of the protocol that error itself, such as SocketHostName.</exception>
    public static UdpSocket Open(string host, ushort port, IpVersion version = IpVersion.Any)
    {
        TeeResult result = TryOpen(host, port, version, out UdpSocket? socket, out TeeResult protocolError);
        ThrowUnless(protocolError != TeeResult.Success ? protocolError : result);
        return socket!;
    }

    /// <summary>As <see cref="Open"/>, without throwing.</summary>
    /// <returns>
    /// SocketProtocol, with SocketHostName as the protocol's error; Communication: no way leads there; SocketOutOfResources: the instance, or the normal
    /// world, has all sockets that it may have.
    /// </returns>
    public static TeeResult TryOpen(string host, ushort port, IpVersion version, out UdpSocket? socket, out TeeResult protocolError)
    {
        TeeResult result = TryOpen(host, port, version, SocketCommands.ProtocolUdp, out Opened opened, out protocolError);
        socket = result == TeeResult.Success ? new UdpSocket(opened) : null;
        return result;
    }

    /// <summary>TEE_UDP_CHANGEADDR: another host, the same port.</summary>
    /// <exception cref="TeeException">SocketHostName: the name is none of a host, or of none in the version of IP that the socket has; Communication.</exception>
    public void ChangeAddress(string host) => ThrowUnless(TryIoctl(SocketCommands.IoctlUdpChangeAddress, Terminated(host), out _));

    /// <summary>TEE_UDP_CHANGEPORT: the same host, another port.</summary>
    /// <exception cref="TeeException">Communication.</exception>
    public void ChangePort(ushort port)
    {
        Span<byte> argument = stackalloc byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16LittleEndian(argument, port);
        ThrowUnless(TryIoctl(SocketCommands.IoctlUdpChangePort, argument, out _));
    }

    private protected override bool HasIoctl(uint command) => command is SocketCommands.IoctlUdpChangeAddress or SocketCommands.IoctlUdpChangePort;
}
