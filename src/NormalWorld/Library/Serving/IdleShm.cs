using System.Diagnostics;

namespace RestrictedTee.NormalWorld.Serving;

/// <summary>
/// Shared memory that its owner has closed and that is kept for the next one, since a new piece is a bank that is plugged into
/// both worlds, page by page: that costs tens of times what is done with it. What nobody asks for within a moment goes back to
/// the server, and so does all of it where the server has none left.
/// </summary>
internal sealed class IdleShm : IDisposable
{
    /// <summary>A call has four parameters, and a few threads call at once.</summary>
    internal const int MaxPieces = 32;

    /// <summary>All of it together, and each piece.</summary>
    internal const ulong MaxBytes = 256UL << 20;

    private const int IdleMilliseconds = 1000;

    private readonly object _lock = new(); // protects everything below; not held during a request
    private readonly List<ShmMapping> _kept = []; // the one that has lain longest first
    private readonly RemoteChannel _channel;
    private readonly Timer _timer;
    private ulong _bytes;
    private bool _closed;

    internal IdleShm(RemoteChannel channel)
    {
        _channel = channel;
        _timer = new Timer(static self => ((IdleShm)self!).DropOld(), this, Timeout.Infinite, Timeout.Infinite);
    }

    /// <summary>How many pieces lie here.</summary>
    internal int Count
    {
        get
        {
            lock (_lock)
                return _kept.Count;
        }
    }

    /// <summary>A piece of exactly that size, zeroed as a new one is; null when none lies here.</summary>
    internal ShmMapping? TryTake(ulong size)
    {
        ShmMapping found;
        lock (_lock)
        {
            int at = _kept.FindLastIndex(kept => kept.Size == size); // the one that is warm
            if (at < 0)
                return null;
            found = _kept[at];
            RemoveAt(at);
        }

        found.Span.Clear();
        return found;
    }

    /// <summary>Lays a piece by; older ones make room for it.</summary>
    /// <returns>False when it is the caller's to close.</returns>
    internal bool TryKeep(ShmMapping mapping)
    {
        if (mapping.Size > MaxBytes)
            return false;
        List<ShmMapping>? tooMany = null;
        lock (_lock)
        {
            if (_closed)
                return false;
            while (_kept.Count == MaxPieces || _bytes + mapping.Size > MaxBytes)
            {
                (tooMany ??= []).Add(_kept[0]);
                RemoveAt(0);
            }

            if (_kept.Count == 0)
                _timer.Change(IdleMilliseconds, Timeout.Infinite);
            mapping.IdleSince = Stopwatch.GetTimestamp();
            _kept.Add(mapping);
            _bytes += mapping.Size;
        }

        tooMany?.ForEach(GiveBack);
        return true;
    }

    /// <summary>Gives back all of it.</summary>
    /// <returns>Whether there was any.</returns>
    internal bool DropAll()
    {
        List<ShmMapping> all;
        lock (_lock)
        {
            all = [.. _kept];
            _kept.Clear();
            _bytes = 0;
        }

        all.ForEach(GiveBack);
        return all.Count > 0;
    }

    /// <summary>When the context is closed, and with it what the server had of this.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _closed = true;
            _kept.ForEach(mapping => mapping.Dispose());
            _kept.Clear();
        }

        _timer.Dispose();
    }

    private void DropOld()
    {
        List<ShmMapping> old;
        lock (_lock)
        {
            if (_closed)
                return;
            old = _kept.FindAll(mapping => Stopwatch.GetElapsedTime(mapping.IdleSince).TotalMilliseconds >= IdleMilliseconds);
            while (_kept.Count > 0 && old.Contains(_kept[0]))
                RemoveAt(0);
            if (_kept.Count > 0)
                _timer.Change(IdleMilliseconds, Timeout.Infinite);
        }

        old.ForEach(GiveBack);
    }

    private void GiveBack(ShmMapping mapping)
    {
        mapping.Dispose();
        _channel.CloseShm(mapping.Id);
    }

    private void RemoveAt(int index)
    {
        _bytes -= _kept[index].Size;
        _kept.RemoveAt(index);
    }
}
