using System.Net;
using System.Net.Sockets;
using RestrictedTee.NormalWorld.Uapi;

namespace RestrictedTee.NormalWorld.Supplicant.Sockets;

/// <summary>
/// A socket from the wish for it on: each address of a name is tried in turn, and the last error is the answer (sock_connect upstream). It takes its
/// time by itself, so that whoever waits for it can leave, and come back.
/// </summary>
internal sealed class SocketOpening : IDisposable
{
    /// <summary>How long one address may take to answer. The system would wait for two minutes.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly CancellationTokenSource _end = new();
    private readonly Task<(TeecResult Result, HostSocket? Socket)> _outcome;

    /// <summary>Begins.</summary>
    /// <param name="addresses">Where the host is; null when nobody can say for want of room.</param>
    /// <param name="port">Its port.</param>
    /// <param name="isStream">TCP, or else UDP.</param>
    internal SocketOpening(Task<IPAddress[]?> addresses, int port, bool isStream) => _outcome = OpenAny(addresses, port, isStream, _end.Token);

    /// <summary>It, once it is open.</summary>
    internal HostSocket? Socket => _outcome.IsCompleted ? _outcome.Result.Socket : null;

    /// <summary>Waits for the end of it.</summary>
    /// <returns>What came of it; null while it is under way.</returns>
    internal TeecResult? Wait(TimeSpan time) => _outcome.Wait(time) ? _outcome.Result.Result : null;

    /// <summary>Gives up what is under way, and closes what has come of it.</summary>
    public void Dispose()
    {
        _end.Cancel();
        _ = _outcome.ContinueWith(
            opened => opened.Result.Socket?.Dispose(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    /// <summary>The border of what goes on by itself: it never throws.</summary>
    private static async Task<(TeecResult Result, HostSocket? Socket)> OpenAny(Task<IPAddress[]?> addresses, int port, bool isStream, CancellationToken end)
    {
        (TeecResult Result, HostSocket? Socket) outcome = (SocketResults.HostName, null);
        try
        {
            if (await addresses.WaitAsync(end).ConfigureAwait(false) is not { } found)
                return (SocketResults.OutOfResources, null);
            foreach (IPAddress address in found)
            {
                outcome = await Open(new IPEndPoint(address, port), isStream, end).ConfigureAwait(false);
                if (outcome.Socket is not null)
                    break;
                end.ThrowIfCancellationRequested();
            }

            return outcome;
        }
        catch (Exception e)
        {
            return (e is SocketException socket ? SocketResults.OfOpening(socket.SocketErrorCode) : TeecResult.Communication, null);
        }
    }

    private static async Task<(TeecResult Result, HostSocket? Socket)> Open(IPEndPoint peer, bool isStream, CancellationToken end)
    {
        Socket? socket = null;
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(end);
        enough.CancelAfter(Patience);
        try
        {
            socket = isStream
                ? new Socket(peer.AddressFamily, SocketType.Stream, ProtocolType.Tcp)
                : new Socket(peer.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            await socket.ConnectAsync(peer, enough.Token).ConfigureAwait(false);
            socket.Blocking = false;
            var opened = new HostSocket(socket, peer);
            socket = null;
            return (TeecResult.Success, opened);
        }
        catch (OperationCanceledException)
        {
            return (SocketResults.Timeout, null);
        }
        catch (SocketException e)
        {
            return (SocketResults.OfOpening(e.SocketErrorCode), null);
        }
        finally
        {
            socket?.Dispose();
        }
    }
}
