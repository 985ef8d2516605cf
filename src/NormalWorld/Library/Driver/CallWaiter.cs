namespace RestrictedTee.NormalWorld.Driver;

/// <summary>A caller in the queue of <see cref="ConduitPool"/>. Its lock is for sleeping only; it may be taken inside that of the pool.</summary>
internal sealed class CallWaiter
{
    private readonly object _lock = new(); // protects the wake-up; the rest is only ever set before one
    private CallSlot? _slot;
    private bool _isWatcher;
    private bool _isWoken;

    /// <summary>What it has been handed.</summary>
    internal CallSlot? Slot
    {
        get => Volatile.Read(ref _slot);
        set => Volatile.Write(ref _slot, value);
    }

    /// <summary>Whether it is the one in the queue that looks.</summary>
    internal bool IsWatcher
    {
        get => Volatile.Read(ref _isWatcher);
        set => Volatile.Write(ref _isWatcher, value);
    }

    /// <summary>It has been woken, and has not looked since.</summary>
    internal bool IsWoken => Volatile.Read(ref _isWoken);

    /// <summary>Sleeps until it is woken; the watcher no longer than it is told.</summary>
    internal void Sleep(int watcherMilliseconds)
    {
        lock (_lock)
        {
            if (!_isWoken)
                Monitor.Wait(_lock, IsWatcher ? watcherMilliseconds : Timeout.Infinite);
            _isWoken = false;
        }
    }

    internal void Wake()
    {
        lock (_lock)
        {
            _isWoken = true;
            Monitor.Pulse(_lock);
        }
    }
}
