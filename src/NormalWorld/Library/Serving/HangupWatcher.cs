using RestrictedTee.SmcTransport.Interop;
using Serilog;

namespace RestrictedTee.NormalWorld.Serving;

/// <summary>
/// Notices that a client has died while a call of its is under way: the thread of the connection is in the TEE then and does not
/// listen. One thread for all connections. A call of a dead client is cancelled until its thread is back, because the first wish
/// may have overtaken the call on its way in.
/// </summary>
internal sealed class HangupWatcher : IDisposable
{
    private const int FirstRepeatMilliseconds = 10;
    private const int LastRepeatMilliseconds = 1000;

    private readonly object _lock = new(); // protects _watched; a leaf
    private readonly List<ServerConnection> _watched = [];
    private readonly PipeEnd _wakeRead;
    private readonly PipeEnd _wakeWrite;
    private volatile bool _disposed;

    internal HangupWatcher()
    {
        (Microsoft.Win32.SafeHandles.SafeFileHandle read, Microsoft.Win32.SafeHandles.SafeFileHandle write) = PipeEnd.CreatePipe();
        _wakeRead = new PipeEnd(read);
        _wakeWrite = new PipeEnd(write);
        new Thread(Watch, maxStackSize: 256 * 1024) { IsBackground = true, Name = "tee hangups" }.Start();
    }

    internal void Add(ServerConnection connection)
    {
        lock (_lock)
            _watched.Add(connection);
        Wake();
    }

    /// <summary>To be called before the connection's descriptor is closed.</summary>
    internal void Remove(ServerConnection connection)
    {
        lock (_lock)
            _watched.Remove(connection);
        Wake();
    }

    /// <summary>Ends the watch; what it had is closed by its thread.</summary>
    public void Dispose()
    {
        _disposed = true;
        Wake();
    }

    private void Wake()
    {
        try
        {
            _wakeWrite.WriteAll([1]);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The watch has ended, and with it whatever there was to wake it for.
        }
    }

    private void Watch()
    {
        var poll = new HangupPoll();
        var hungUp = new List<int>();
        var dying = new List<ServerConnection>();
        int repeat = FirstRepeatMilliseconds;
        Span<byte> drained = stackalloc byte[256];
        while (!_disposed)
        {
            ServerConnection[] watched;
            lock (_lock)
                watched = [.. _watched];
            int[] numbers = [.. watched.Select(connection => connection.Number)];
            poll.Wait(numbers, _wakeRead, dying.Count == 0 ? Timeout.Infinite : repeat, hungUp);
            while (_wakeRead.TryRead(drained) > 0)
            {
            }

            repeat = hungUp.Count > 0 ? FirstRepeatMilliseconds : Math.Min(2 * repeat, LastRepeatMilliseconds);
            lock (_lock)
                hungUp.ForEach(index => _watched.Remove(watched[index]));
            dying.AddRange(hungUp.Select(index => watched[index]));
            dying.RemoveAll(connection => !TryEnd(connection));
        }

        _wakeRead.Dispose();
        _wakeWrite.Dispose();
    }

    /// <returns>Whether the connection's thread is still on its way.</returns>
    private static bool TryEnd(ServerConnection connection)
    {
        try
        {
            return connection.PeerHasGone();
        }
        catch (Exception e)
        {
            Log.Error("A dead client's call could not be cancelled: {Type} at {Place}", e.GetType().Name, e.TargetSite?.ToString());
            return true;
        }
    }
}
