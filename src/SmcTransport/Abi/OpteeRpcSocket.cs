namespace RestrictedTee.SmcTransport.Abi;

/// <summary>
/// What is asked of the supplicant by <see cref="OpteeRpcCommand.Socket"/> (OP-TEE/optee_os core/include/optee_rpc_cmd.h), with the numbers of
/// GlobalPlatform's TEE Sockets API (GPD_SPE_100, 101 and 103; lib/libutee/include/__tee_*socket_defines*.h).
/// </summary>
public static class OpteeRpcSocket
{
    /// <summary>OPTEE_RPC_SOCKET_TIMEOUT_NONBLOCKING.</summary>
    public const uint TimeoutNonBlocking = 0;

    /// <summary>OPTEE_RPC_SOCKET_TIMEOUT_BLOCKING.</summary>
    public const uint TimeoutBlocking = 0xFFFF_FFFF;

    /// <summary>TEE_ISOCKET_PROTOCOLID_TCP.</summary>
    public const uint ProtocolTcp = 0x65;

    /// <summary>TEE_ISOCKET_PROTOCOLID_UDP.</summary>
    public const uint ProtocolUdp = 0x66;

    /// <summary>
    /// In value[0].c of an open: the handle may be that of a socket which is not open yet. Not upstream's, whose supplicant does not look at it and
    /// answers when the socket is open, however long that takes.
    /// </summary>
    public const ulong OpenMayBeUnderWay = 1;

    /// <summary>In the answer to such a request: the socket is being opened; <see cref="OpteeRpcSocketCommand.AwaitOpen"/> says when it is.</summary>
    public const ulong OpenUnderWay = 1;

    /// <summary>TEE_IP_VERSION_DC: either.</summary>
    public const uint IpVersionAny = 0;

    /// <summary>TEE_IP_VERSION_4.</summary>
    public const uint IpVersion4 = 1;

    /// <summary>TEE_IP_VERSION_6.</summary>
    public const uint IpVersion6 = 2;

    /// <summary>TEE_TCP_SET_RECVBUF: 4 bytes, the size in bytes.</summary>
    public const uint IoctlTcpSetReceiveBuffer = 0x65F0_0000;

    /// <summary>TEE_TCP_SET_SENDBUF: 4 bytes, the size in bytes.</summary>
    public const uint IoctlTcpSetSendBuffer = 0x65F0_0001;

    /// <summary>TEE_UDP_CHANGEADDR: a host's name, with a zero at its end.</summary>
    public const uint IoctlUdpChangeAddress = 0x6600_0001;

    /// <summary>TEE_UDP_CHANGEPORT: 2 bytes, in the order of the machine.</summary>
    public const uint IoctlUdpChangePort = 0x6600_0002;

    /// <summary>TEE_ISOCKET_ERROR_PROTOCOL.</summary>
    public const uint ErrorProtocol = 0xF100_7001;

    /// <summary>TEE_ISOCKET_ERROR_REMOTE_CLOSED.</summary>
    public const uint ErrorRemoteClosed = 0xF100_7002;

    /// <summary>TEE_ISOCKET_ERROR_TIMEOUT.</summary>
    public const uint ErrorTimeout = 0xF100_7003;

    /// <summary>TEE_ISOCKET_ERROR_OUT_OF_RESOURCES.</summary>
    public const uint ErrorOutOfResources = 0xF100_7004;

    /// <summary>TEE_ISOCKET_ERROR_LARGE_BUFFER.</summary>
    public const uint ErrorLargeBuffer = 0xF100_7005;

    /// <summary>TEE_ISOCKET_WARNING_PROTOCOL.</summary>
    public const uint WarningProtocol = 0xF100_7006;

    /// <summary>TEE_ISOCKET_ERROR_HOSTNAME.</summary>
    public const uint ErrorHostName = 0xF100_7007;
}

/// <summary>OPTEE_RPC_SOCKET_*, in value[0].a. In value[0].b is always the id of who asks: sockets of one id are none of another's.</summary>
public enum OpteeRpcSocketCommand : uint
{
    /// <summary>
    /// In: value[0].c <see cref="OpteeRpcSocket.OpenMayBeUnderWay"/> or 0; value[1].a port, .b protocol, .c version of IP; memref[2] the host's name, with
    /// a zero at its end. Out: value[3].a handle, .b <see cref="OpteeRpcSocket.OpenUnderWay"/> or 0.
    /// </summary>
    Open = 0,

    /// <summary>In: value[0].c handle.</summary>
    Close = 1,

    /// <summary>Closes all of the id in value[0].b.</summary>
    CloseAll = 2,

    /// <summary>In: value[0].c handle, memref[1] data, value[2].a time-out in milliseconds. Out: value[2].b bytes that were sent.</summary>
    Send = 3,

    /// <summary>
    /// In: value[0].c handle, value[2].a time-out in milliseconds. Out: memref[1] data. Its size is more than there was room for when a datagram was; for no
    /// room at all it is what waits to be received, and nobody waits.
    /// </summary>
    Receive = 4,

    /// <summary>
    /// In: value[0].c handle, value[2].a command. In and out: memref[1]. TEE_ISOCKET_ERROR_TIMEOUT when it is not done yet, and is to be asked again.
    /// </summary>
    Ioctl = 5,

    /// <summary>
    /// Not upstream's, and asked only of a supplicant that has answered an open with <see cref="OpteeRpcSocket.OpenUnderWay"/>. In: value[0].c handle;
    /// value[1].a milliseconds to wait. Out: value[1].b <see cref="OpteeRpcSocket.OpenUnderWay"/> or 0. Of a socket that could not be opened the result
    /// says why, and its handle is none any more.
    /// </summary>
    AwaitOpen = 0x100,
}
