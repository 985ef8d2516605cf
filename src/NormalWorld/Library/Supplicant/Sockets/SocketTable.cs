namespace RestrictedTee.NormalWorld.Supplicant.Sockets;

/// <summary>The sockets that the TEE has, by the id of who opened them and a handle: those of one id are none of another's.</summary>
internal sealed class SocketTable : IDisposable
{
    /// <summary>How many there may be at once. Descriptors are finite, and others in this process need them.</summary>
    internal const int Limit = 256;

    private readonly object _lock = new(); // protects everything below; nothing is closed with it held
    private readonly Dictionary<(uint Id, uint Handle), HostSocket> _sockets = [];
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

    /// <summary>Takes a socket over.</summary>
    /// <returns>Its handle; null when there is no room, and it is the caller's still.</returns>
    internal uint? TryAdd(uint id, HostSocket socket)
    {
        lock (_lock)
        {
            if (_closed || _sockets.Count >= Limit)
                return null;
            do
                _lastHandle = unchecked(_lastHandle + 1);
            while (!_sockets.TryAdd((id, _lastHandle), socket));
            return _lastHandle;
        }
    }

    internal HostSocket? Find(uint id, uint handle)
    {
        lock (_lock)
            return _sockets.GetValueOrDefault((id, handle));
    }

    /// <summary>Closes one.</summary>
    /// <returns>False when there is none of that handle.</returns>
    internal bool Close(uint id, uint handle)
    {
        HostSocket? socket;
        lock (_lock)
            _sockets.Remove((id, handle), out socket);
        socket?.Dispose();
        return socket is not null;
    }

    /// <summary>Closes all of an id.</summary>
    internal void CloseAll(uint id) => Close(key => key.Id == id);

    /// <summary>Closes all there are, and takes none any more.</summary>
    public void Dispose()
    {
        lock (_lock)
            _closed = true;
        Close(_ => true);
    }

    private void Close(Predicate<(uint Id, uint Handle)> which)
    {
        HostSocket[] closed;
        lock (_lock)
        {
            (uint Id, uint Handle)[] keys = [.. _sockets.Keys.Where(key => which(key))];
            closed = [.. keys.Select(key => _sockets[key])];
            Array.ForEach(keys, key => _sockets.Remove(key));
        }

        foreach (HostSocket socket in closed)
            socket.Dispose();
    }
}
