using System.Net;
using System.Net.Sockets;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Abi;

namespace RestrictedTee.NormalWorld.Supplicant.Sockets;

/// <summary>Opens sockets: each address of a name is tried in turn, and the last error is the answer (sock_connect upstream).</summary>
internal static class SocketOpening
{
    /// <summary>How long one address may take to answer. The system would wait for two minutes, and nothing cancels a request of that length.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan Piece = TimeSpan.FromMilliseconds(100);

    internal static TeecResult Open(ReadOnlySpan<byte> name, ulong port, ulong protocol, ulong ipVersion, Func<bool> isGivenUp, out HostSocket? opened)
    {
        opened = null;
        if (HostAddresses.FamilyOf(ipVersion) is not { } family || protocol is not (OpteeRpcSocket.ProtocolTcp or OpteeRpcSocket.ProtocolUdp))
            return TeecResult.BadParameters;
        TeecResult result = SocketResults.HostName;
        foreach (IPAddress address in HostAddresses.Resolve(name, family))
        {
            result = Open(new IPEndPoint(address, (int)(port & ushort.MaxValue)), protocol == OpteeRpcSocket.ProtocolTcp, isGivenUp, out opened);
            if (opened is not null || isGivenUp())
                break;
        }

        return result;
    }

    private static TeecResult Open(IPEndPoint peer, bool isStream, Func<bool> isGivenUp, out HostSocket? opened)
    {
        opened = null;
        Socket? socket = null;
        try
        {
            socket = isStream
                ? new Socket(peer.AddressFamily, SocketType.Stream, ProtocolType.Tcp)
                : new Socket(peer.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            TeecResult result = Connect(socket, peer, isGivenUp);
            if (result != TeecResult.Success)
                return result;
            socket.Blocking = false;
            opened = new HostSocket(socket, peer);
            socket = null;
            return TeecResult.Success;
        }
        catch (SocketException e)
        {
            return SocketResults.OfOpening(e.SocketErrorCode);
        }
        finally
        {
            socket?.Dispose();
        }
    }

    private static TeecResult Connect(Socket socket, IPEndPoint peer, Func<bool> isGivenUp)
    {
        using var enough = new CancellationTokenSource(Patience);
        Task connecting = socket.ConnectAsync(peer, enough.Token).AsTask();
        while (Task.WaitAny([connecting], Piece) < 0)
        {
            if (isGivenUp())
                enough.Cancel();
        }

        if (connecting.IsCanceled)
            return SocketResults.Timeout;
        return connecting.Exception?.InnerException switch
        {
            null => TeecResult.Success,
            SocketException e => SocketResults.OfOpening(e.SocketErrorCode),
            _ => TeecResult.Communication,
        };
    }
}
