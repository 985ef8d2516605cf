using RestrictedTee.NormalWorld.Uapi;

namespace RestrictedTee.NormalWorld.DeviceNodes;

/// <summary>
/// An open of a device by a client: what stands behind all copies of the descriptor, in whatever process. User memory is that of the thread
/// which makes the call, and not of who opened it.
/// </summary>
internal sealed class ClientFile(DeviceNode node, IOpenDevice device) : IDisposable
{
    private readonly object _lock = new(); // protects the two below; only that of the supplicant's queue is taken inside
    private readonly HashSet<int> _callers = []; // managed threads that have a call of this file under way
    private bool _isClosed;

    internal DeviceNode Node => node;

    internal IOpenDevice Device => device;

    /// <summary>How long its calls take.</summary>
    internal CallPace Pace { get; } = new();

    /// <summary>A call begins on the managed thread that this runs on.</summary>
    /// <exception cref="TeeDriverException">EBADF: the file is closed.</exception>
    internal void Begin()
    {
        lock (_lock)
        {
            if (_isClosed)
                throw new TeeDriverException(Errno.EBADF, "The device is closed.");
            _callers.Add(Environment.CurrentManagedThreadId);
        }
    }

    /// <summary>It ends; the last one closes what was closed under it.</summary>
    internal void End()
    {
        bool closes;
        lock (_lock)
        {
            _callers.Remove(Environment.CurrentManagedThreadId);
            if (_isClosed)
                device.EndOfAbandoned(Environment.CurrentManagedThreadId);
            closes = _isClosed && _callers.Count == 0;
        }

        if (closes)
            device.Dispose();
    }

    /// <summary>The last copy of the descriptor was closed. Calls that are under way are cancelled.</summary>
    public void Dispose()
    {
        int[] callers;
        lock (_lock)
        {
            if (_isClosed)
                return;
            _isClosed = true;
            callers = [.. _callers];
            device.Abandon(callers); // in the lock, so that it comes before their end
        }

        if (callers.Length == 0)
            device.Dispose();
        foreach (int caller in callers)
            device.Cancel(caller);
    }
}
