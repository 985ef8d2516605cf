using System.Net.Sockets;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Abi;

namespace RestrictedTee.NormalWorld.Supplicant.Sockets;

/// <summary>What the system's errors are in GlobalPlatform's words; where that names none, what upstream's tee_socket.c answers.</summary>
internal static class SocketResults
{
    internal const TeecResult Timeout = (TeecResult)OpteeRpcSocket.ErrorTimeout;
    internal const TeecResult HostName = (TeecResult)OpteeRpcSocket.ErrorHostName;
    internal const TeecResult OutOfResources = (TeecResult)OpteeRpcSocket.ErrorOutOfResources;

    /// <summary>Of a socket that is to be opened, or to lead somewhere else.</summary>
    internal static TeecResult OfOpening(SocketError error) => error switch
    {
        SocketError.TimedOut => Timeout,
        SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable => OutOfResources,
        _ => TeecResult.Communication,
    };

    /// <summary>Of data on its way.</summary>
    internal static TeecResult OfTransfer(SocketError error) => error switch
    {
        SocketError.Success => TeecResult.Success,
        SocketError.WouldBlock or SocketError.TryAgain or SocketError.TimedOut => Timeout,
        SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.Shutdown or SocketError.NotConnected => (TeecResult)OpteeRpcSocket.ErrorRemoteClosed,
        SocketError.MessageSize => (TeecResult)OpteeRpcSocket.ErrorLargeBuffer,
        SocketError.NoBufferSpaceAvailable => OutOfResources,
        _ => TeecResult.Communication,
    };
}
