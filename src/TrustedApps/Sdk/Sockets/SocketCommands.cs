namespace RestrictedTee.Sdk;

/// <summary>The socket pseudo TA as upstream's library calls it (lib/libutee/tee_socket_pta.c); a test holds the numbers to its contract.</summary>
internal static class SocketCommands
{
    internal const string UuidText = "3b996a7d-2c2b-4a49-a896-e1fb5766d2f4";
    internal const uint CommandOpen = 1;
    internal const uint CommandClose = 2;
    internal const uint CommandSend = 3;
    internal const uint CommandReceive = 4;
    internal const uint CommandIoctl = 5;

    internal const uint ProtocolTcp = 0x65;
    internal const uint ProtocolUdp = 0x66;

    internal const uint IoctlTcpSetReceiveBuffer = 0x65F0_0000;
    internal const uint IoctlTcpSetSendBuffer = 0x65F0_0001;
    internal const uint IoctlUdpChangeAddress = 0x6600_0001;
    internal const uint IoctlUdpChangePort = 0x6600_0002;

    internal static readonly Guid Uuid = new(UuidText);
}
