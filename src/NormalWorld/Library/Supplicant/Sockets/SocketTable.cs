using RestrictedTee.NormalWorld.Driver;

namespace RestrictedTee.NormalWorld.Supplicant.Sockets;

/// <summary>The sockets that the TEE has, by the id of who opened them and a handle: those of one id are none of another's.</summary>
internal sealed class SocketTable : IDisposable
{
    /// <summary>How many there may be at once, with those that are being opened. Descriptors are finite, and others in this process need them.</summary>
    internal const int Limit = 256;

    private readonly object _lock = new(); // protects everything below; nothing is closed with it held
    private readonly Dictionary<(uint Id, uint Handle), (SocketOpening Socket, int Client)> _sockets = [];
    private readonly FairShares _shares = new(Limit);
    private uint _lastHandle;
    private bool _closed;

    internal int Count
    {
        get
        {
            lock (_lock)
                return _sockets.Count;
        }
    }

    /// <summary>Opens one.</summary>
    /// <param name="client">For whom.</param>
    /// <param name="id">Of what id it is to be.</param>
    /// <param name="open">Begins it.</param>
    /// <param name="handle">Its handle.</param>
    /// <returns>Null when the client has its share, or none is opened any more.</returns>
    internal SocketOpening? TryOpen(int client, uint id, Func<SocketOpening> open, out uint handle)
    {
        handle = 0;
        if (!_shares.TryTake(client))
            return null;
        bool isAdded = false;
        try
        {
            SocketOpening socket = open();
            isAdded = TryAdd(client, id, socket, out handle);
            if (isAdded)
                return socket;
            socket.Dispose();
            return null;
        }
        finally
        {
            if (!isAdded)
                _shares.GiveBack(client);
        }
    }

    /// <summary>One that is open, or on the way to it.</summary>
    internal SocketOpening? Find(uint id, uint handle)
    {
        lock (_lock)
            return _sockets.GetValueOrDefault((id, handle)).Socket;
    }

    /// <summary>Closes one.</summary>
    /// <returns>False when there is none of that handle.</returns>
    internal bool Close(uint id, uint handle) => Close(key => key == (id, handle)) != 0;

    /// <summary>Closes all of an id.</summary>
    internal void CloseAll(uint id) => Close(key => key.Id == id);

    /// <summary>Closes all there are, and takes none any more.</summary>
    public void Dispose()
    {
        lock (_lock)
            _closed = true;
        Close(_ => true);
    }

    private bool TryAdd(int client, uint id, SocketOpening socket, out uint handle)
    {
        lock (_lock)
        {
            do
                _lastHandle = unchecked(_lastHandle + 1);
            while (_sockets.ContainsKey((id, _lastHandle)));
            handle = _lastHandle;
            if (!_closed)
                _sockets.Add((id, handle), (socket, client));
            return !_closed;
        }
    }

    private int Close(Predicate<(uint Id, uint Handle)> which)
    {
        (SocketOpening Socket, int Client)[] closed;
        lock (_lock)
        {
            (uint Id, uint Handle)[] keys = [.. _sockets.Keys.Where(key => which(key))];
            closed = [.. keys.Select(key => _sockets[key])];
            Array.ForEach(keys, key => _sockets.Remove(key));
        }

        foreach ((SocketOpening socket, int client) in closed)
        {
            socket.Dispose();
            _shares.GiveBack(client);
        }

        return closed.Length;
    }
}
