namespace RestrictedTee.Contracts;

/// <summary>
/// The socket pseudo TA (optee_os lib/libutee/include/pta_socket.h): TCP and UDP of the normal world. Only trusted applications can open it
/// (ACCESS_DENIED), which do it through the SDK. Its handles are numbers of the session that opened them.
/// </summary>
public static class SocketPta
{
    /// <summary>PTA_SOCKET_UUID.</summary>
    public const string UuidText = "3b996a7d-2c2b-4a49-a896-e1fb5766d2f4";

    /// <summary>
    /// PTA_SOCKET_OPEN. In: value[0].a version of IP (0 either, 4: 1, 6: 2), .b port; memref[1] the host's name, with a zero at its end; value[2].a protocol
    /// (0x65 TCP, 0x66 UDP). Out: value[3].a handle. OUT_OF_RESOURCES of sockets: the trusted application has <see cref="SocketsPerInstance"/>.
    /// </summary>
    public const uint CommandOpen = 1;

    /// <summary>PTA_SOCKET_CLOSE. In: value[0].a handle.</summary>
    public const uint CommandClose = 2;

    /// <summary>PTA_SOCKET_SEND. In: value[0].a handle, .b time-out in milliseconds, 0xFFFFFFFF for none; memref[1] data. Out: value[2].a bytes that were sent.</summary>
    public const uint CommandSend = 3;

    /// <summary>
    /// PTA_SOCKET_RECV. In: value[0].a handle, .b time-out. Out: memref[1]; its size is more than there was room for when a datagram was, and for no room at
    /// all it is what waits to be received.
    /// </summary>
    public const uint CommandReceive = 4;

    /// <summary>PTA_SOCKET_IOCTL. In: value[0].a handle, .b command. In and out: memref[1].</summary>
    public const uint CommandIoctl = 5;

    /// <summary>How many sockets an instance of a trusted application may have.</summary>
    public const int SocketsPerInstance = 64;

    /// <summary>The most that one request sends or receives, in bytes; what is more of a stream stays for the next.</summary>
    public const int LargestTransfer = 256 * 1024;

    /// <summary>The longest name of a host, in bytes, with the zero at its end.</summary>
    public const int LongestName = 1024;

    /// <summary>The UUID.</summary>
    public static readonly Guid Uuid = new(UuidText);
}
