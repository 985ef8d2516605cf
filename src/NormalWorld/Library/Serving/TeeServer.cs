using System.Collections.Concurrent;
using System.Net.Sockets;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Device;
using RestrictedTee.NormalWorld.DmaBuf;
using RestrictedTee.NormalWorld.Heaps;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Interop;
using Serilog;

namespace RestrictedTee.NormalWorld.Serving;

/// <summary>
/// Serves the TEE device to other processes of the same user. A connection is served by a thread of its own, because an ioctl
/// may block; a client that wants several at once opens several connections to one context. The context ends with its first
/// connection, however its client ended, and takes its sessions and memory with it.
/// </summary>
internal sealed class TeeServer : IDisposable
{
    /// <summary>Each is a thread.</summary>
    private const int MaxConnections = 1024;

    /// <summary>Of one process.</summary>
    private const int MaxConnectionsOfOne = 256;

    private const int BackOffMilliseconds = 100;

    private readonly ITeeDeviceSource _environment;
    private readonly DescriptorBudget _budget;
    private readonly Socket _listener;
    private readonly HangupWatcher _watcher = new();
    private readonly SpareDescriptor _spare = new();
    private readonly ConcurrentDictionary<Guid, ServedClient> _clients = new();
    private readonly ConcurrentDictionary<ServerConnection, byte> _connections = new();
    private readonly ManualResetEventSlim _stopping = new();

    /// <param name="environment">The TEE.</param>
    /// <param name="path">Where to listen.</param>
    /// <param name="budget">The descriptors that clients may make the server hold.</param>
    internal TeeServer(ITeeDeviceSource environment, string path, DescriptorBudget budget)
    {
        _environment = environment;
        _budget = budget;
        try
        {
            _listener = DescriptorSocket.Listen(path, backlog: 64);
        }
        catch (SocketException e)
        {
            throw new TeeLaunchException($"The socket '{path}' cannot be made: {e.Message}", e);
        }

        new Thread(AcceptAll, maxStackSize: 256 * 1024) { IsBackground = true, Name = "tee server" }.Start();
    }

    internal int ClientCount => _clients.Count;

    public void Dispose()
    {
        _stopping.Set();
        _listener.Dispose();
        foreach (ServerConnection connection in _connections.Keys)
            connection.Stop();
        _watcher.Dispose();
        _spare.Dispose();
    }

    /// <summary>The context that a connection opens, or joins by its id.</summary>
    /// <exception cref="TeeDriverException">ENOENT: there is no such context; ENODEV: the secure world has gone.</exception>
    internal (ServedClient Client, Guid Id) Join(ServerConnection connection, Guid context)
    {
        if (context != Guid.Empty)
        {
            return _clients.TryGetValue(context, out ServedClient? existing) && existing.TryJoin(connection)
                ? (existing, context)
                : throw new TeeDriverException(Errno.ENOENT, "The context has ended.");
        }

        SmcTransport.Interop.Libc.UCred peer = connection.Peer;
        TeeDevice device = _environment.OpenDevice(ClientIdentity.Of(peer.Pid, peer.Uid, peer.Gid));
        var client = new ServedClient(device, device.Host, new Interop.UserMemory(peer.Pid), connection.Account);
        client.TryJoin(connection);
        var id = Guid.NewGuid();
        _clients[id] = client;
        return (client, id);
    }

    internal void EndSecureWorld() => _environment.EndSecureWorld();

    internal void End(ServedClient client)
    {
        foreach ((Guid id, ServedClient candidate) in _clients)
        {
            if (candidate == client)
                _clients.TryRemove(id, out _);
        }

        client.End();
    }

    internal void Forget(ServerConnection connection)
    {
        _watcher.Remove(connection);
        _connections.TryRemove(connection, out _);
    }

    /// <summary>Nothing that a client or the machine does ends this loop: what is wrong for a moment is waited for.</summary>
    private void AcceptAll()
    {
        while (!_stopping.IsSet)
        {
            try
            {
                Admit(DescriptorSocket.Adopt(_listener.Accept()));
            }
            catch (Exception e)
            {
                if (_stopping.IsSet)
                    return;
                bool noneLeft = e is SocketException { SocketErrorCode: SocketError.TooManyOpenSockets };
                if (noneLeft && _spare.TryLend(_listener, excess => TurnAway(excess, "The server has no descriptor left; try again.")))
                    continue;
                Log.Warning("No client can be accepted at the moment: {Type}: {Reason}", e.GetType().Name, e.Message);
                _stopping.Wait(BackOffMilliseconds);
            }
        }
    }

    private void Admit(DescriptorSocket socket)
    {
        try
        {
            SmcTransport.Interop.Libc.UCred peer = socket.PeerCredentials;
            if (peer.Uid != Interop.Libc.GetEUid())
            {
                TurnAway(socket, Errno.EACCES, "The TEE serves its own user only.");
                return;
            }

            DescriptorBudget.Account account = _budget.AccountOf(peer.Pid);
            int ofThis = _connections.Keys.Count(connection => connection.Peer.Pid == peer.Pid);
            if (_connections.Count >= MaxConnections || ofThis >= MaxConnectionsOfOne || !account.TryTake())
            {
                TurnAway(socket, $"The server is busy: {_connections.Count} connections are open, {ofThis} of them this process's. Close some, or try again.");
                return;
            }

            Start(new ServerConnection(this, socket, peer, account), account);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private void Start(ServerConnection connection, DescriptorBudget.Account account)
    {
        _connections[connection] = 0;
        _watcher.Add(connection);
        try
        {
            new Thread(connection.Run, maxStackSize: 512 * 1024) { IsBackground = true, Name = "tee client" }.Start();
        }
        catch
        {
            Forget(connection);
            account.Return();
            throw;
        }
    }

    private static void TurnAway(DescriptorSocket socket, string why) => TurnAway(socket, Errno.EBUSY, why);

    /// <summary>Says why before the client has said anything, and without waiting for it.</summary>
    private static void TurnAway(DescriptorSocket socket, Errno errno, string why)
    {
        Log.Debug("A client was turned away: {Reason}", why);
        byte[] packet = new byte[Wire.MaxPacket];
        socket.TrySendNow(packet.AsSpan(0, Wire.Write(packet, errno, why)));
        socket.Dispose();
    }
}

[System.Text.Json.Serialization.JsonSerializable(typeof(HeapInfo[]))]
[System.Text.Json.Serialization.JsonSerializable(typeof(CallInfo[]))]
[System.Text.Json.Serialization.JsonSerializable(typeof(DmaBufInfo))]
internal sealed partial class ServingJson : System.Text.Json.Serialization.JsonSerializerContext;
