namespace RestrictedTee.Contracts;

/// <summary>The socket TA (optee_test ta/socket/include/ta_socket.h): GlobalPlatform's sockets, call by call.</summary>
/// <remarks>
/// A handle is <see cref="HandleSize"/> bytes, which mean something to the instance that gave them alone; in the original they are two pointers.
/// What it tells is what a peer on the network that the client names sends it, and it sends there what the client gives it. It
/// has no secure-data-path property, so that no restricted memref, of any size above 0, reaches it, be it from the
/// normal world or from another TA.
/// </remarks>
public static class SocketApp
{
    /// <summary>TA_SOCKET_UUID.</summary>
    public const string UuidText = "873bcd08-c2c3-11e6-a937-d0bf9c45c61c";

    /// <summary>
    /// In: value[0].a version of IP (0 either, 1: 4, 2: 6), .b port; memref[1] the host's name. Out: memref[2] handle, value[3].a the protocol's error.
    /// SHORT_BUFFER, with the size, when there is no room for the handle.
    /// </summary>
    public const uint CommandTcpOpen = 0;

    /// <summary>As <see cref="CommandTcpOpen"/>.</summary>
    public const uint CommandUdpOpen = 1;

    /// <summary>In: memref[0] handle.</summary>
    public const uint CommandClose = 2;

    /// <summary>In: memref[0] handle, memref[1] data, value[2].a time-out in milliseconds. Out: value[2].b bytes that were sent.</summary>
    public const uint CommandSend = 3;

    /// <summary>
    /// In: memref[0] handle, value[2].a time-out in milliseconds, and, which the original has not, .b 1 to let the call be cancelled. Out: memref[1] data.
    /// </summary>
    public const uint CommandReceive = 4;

    /// <summary>In: memref[0] handle. Out: value[1].a the result of the last call on the socket.</summary>
    public const uint CommandError = 5;

    /// <summary>In: memref[0] handle, value[2].a command. In and out: memref[1].</summary>
    public const uint CommandIoctl = 6;

    /// <summary>Bytes of a handle.</summary>
    public const int HandleSize = 16;

    /// <summary>TEE_ISOCKET_ERROR_PROTOCOL: see the protocol's error.</summary>
    public const uint ErrorProtocol = 0xF100_7001;

    /// <summary>TEE_ISOCKET_ERROR_REMOTE_CLOSED.</summary>
    public const uint ErrorRemoteClosed = 0xF100_7002;

    /// <summary>TEE_ISOCKET_ERROR_TIMEOUT.</summary>
    public const uint ErrorTimeout = 0xF100_7003;

    /// <summary>TEE_ISOCKET_ERROR_OUT_OF_RESOURCES.</summary>
    public const uint ErrorOutOfResources = 0xF100_7004;

    /// <summary>TEE_ISOCKET_ERROR_LARGE_BUFFER.</summary>
    public const uint ErrorLargeBuffer = 0xF100_7005;

    /// <summary>TEE_ISOCKET_ERROR_HOSTNAME, an error of the protocol.</summary>
    public const uint ErrorHostName = 0xF100_7007;

    /// <summary>TEE_TCP_SET_RECVBUF: 4 bytes.</summary>
    public const uint IoctlTcpSetReceiveBuffer = 0x65F0_0000;

    /// <summary>TEE_TCP_SET_SENDBUF: 4 bytes.</summary>
    public const uint IoctlTcpSetSendBuffer = 0x65F0_0001;

    /// <summary>TEE_UDP_CHANGEADDR: a host's name, with a zero at its end.</summary>
    public const uint IoctlUdpChangeAddress = 0x6600_0001;

    /// <summary>TEE_UDP_CHANGEPORT: 2 bytes.</summary>
    public const uint IoctlUdpChangePort = 0x6600_0002;

    /// <summary>The UUID.</summary>
    public static readonly Guid Uuid = new(UuidText);
}
