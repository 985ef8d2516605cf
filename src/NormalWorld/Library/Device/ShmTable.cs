using RestrictedTee.NormalWorld.Uapi;

namespace RestrictedTee.NormalWorld.Device;

/// <summary>The shared memory of one context, by the ids that its parameters use.</summary>
internal sealed class ShmTable
{
    private readonly object _lock = new(); // protects everything below; a leaf
    private readonly Dictionary<int, TeeShm> _byId = [];
    private readonly Dictionary<ulong, List<TeeShm>> _buffers = []; // dma-bufs by their cookie: each registration is one more
    private int _lastId;
    private bool _closed;

    /// <summary>Gives the memory an id. Once the context is closed it is let go of instead, since nobody would come for it.</summary>
    /// <exception cref="TeeDriverException">EBADF: the context is closed.</exception>
    internal TeeShm Add(TeeShm shm)
    {
        lock (_lock)
        {
            if (!_closed)
            {
                shm.Id = ++_lastId;
                _byId.Add(shm.Id, shm);
                if (shm.IsDmaBuf)
                    AddBuffer(shm);
                return shm;
            }
        }

        shm.Release();
        throw TeeDevice.Closed();
    }

    internal void Remove(TeeShm shm)
    {
        lock (_lock)
        {
            _byId.Remove(shm.Id);
            if (!shm.IsDmaBuf || !_buffers.TryGetValue(shm.Cookie, out List<TeeShm>? same))
                return;
            same.Remove(shm);
            if (same.Count == 0)
                _buffers.Remove(shm.Cookie);
        }
    }

    /// <summary>The memory of that id, with a reference taken.</summary>
    /// <exception cref="TeeDriverException">EINVAL.</exception>
    internal TeeShm Find(ulong id)
    {
        lock (_lock)
        {
            if (id <= int.MaxValue && _byId.TryGetValue((int)id, out TeeShm? shm) && shm.TryAddReference())
                return shm;
        }

        throw new TeeDriverException(Errno.EINVAL, $"Shared memory {id} is not of this context.");
    }

    /// <summary>The id by which a buffer is known here; null when it is not.</summary>
    internal int? IdOf(ulong cookie)
    {
        lock (_lock)
            return _buffers.TryGetValue(cookie, out List<TeeShm>? same) ? same[0].Id : null;
    }

    /// <summary>Takes no more, and closes what there is.</summary>
    internal void Close()
    {
        TeeShm[] all;
        lock (_lock)
        {
            _closed = true;
            all = [.. _byId.Values];
        }

        Array.ForEach(all, shm => shm.Dispose());
    }

    private void AddBuffer(TeeShm shm)
    {
        if (!_buffers.TryGetValue(shm.Cookie, out List<TeeShm>? same))
            _buffers.Add(shm.Cookie, same = []);
        same.Add(shm);
    }
}
