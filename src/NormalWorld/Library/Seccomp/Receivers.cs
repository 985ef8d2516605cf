using RestrictedTee.NormalWorld.Interop;

namespace RestrictedTee.NormalWorld.Seccomp;

/// <summary>
/// Who receives system calls: one thread, since with more each of them is woken for each call. It serves what it receives itself, because to wake
/// another costs more than most calls; when one lasts, another thread receives in its place, and it goes when it has done.
/// </summary>
internal sealed class Receivers(NotificationListener listener, CallThreads threads, Action<Libc.Notification> serve)
{
    private const int WatchMilliseconds = 1;
    private const int IdleTicks = 20; // of the watch, before it sleeps

    private readonly object _lock = new(); // protects _watchSleeps; a leaf
    private readonly ManualResetEventSlim _ended = new();
    private bool _watchSleeps;

    // Even: the receiver waits for a call. Odd: it serves one. Whoever makes it even again may receive.
    private long _turn;

    /// <summary>Serves until nobody is left whom the filter holds.</summary>
    internal void Run()
    {
        new Thread(Watch, maxStackSize: 256 * 1024) { IsBackground = true, Name = "watch over receivers" }.Start();
        Receive(0);
        _ended.Wait();
    }

    private void Receive(long turn)
    {
        while (listener.TryReceive(out Libc.Notification call))
        {
            Volatile.Write(ref _turn, turn + 1);
            if (Volatile.Read(ref _watchSleeps))
                WakeWatch();
            serve(call);
            if (Interlocked.CompareExchange(ref _turn, turn + 2, turn + 1) != turn + 1)
                return; // another has its place
            turn += 2;
        }

        _ended.Set();
        WakeWatch();
    }

    /// <summary>Replaces a receiver that has been at the same call from one look to the next.</summary>
    private void Watch()
    {
        long seen = 0;
        for (int idle = 0; !_ended.IsSet;)
        {
            Thread.Sleep(WatchMilliseconds);
            long turn = Volatile.Read(ref _turn);
            if (turn % 2 != 0 && turn == seen && Interlocked.CompareExchange(ref _turn, turn + 1, turn) == turn)
                threads.Run(() => Receive(turn + 1));
            idle = turn == seen ? idle + 1 : 0;
            seen = turn;
            if (idle >= IdleTicks)
            {
                Sleep(turn);
                idle = 0;
            }
        }
    }

    private void Sleep(long turn)
    {
        lock (_lock)
        {
            Volatile.Write(ref _watchSleeps, true);
            Interlocked.MemoryBarrier(); // a receiver that did not see it has taken its turn before
            while (_watchSleeps && Volatile.Read(ref _turn) == turn && !_ended.IsSet)
                Monitor.Wait(_lock);
            Volatile.Write(ref _watchSleeps, false);
        }
    }

    private void WakeWatch()
    {
        lock (_lock)
        {
            Volatile.Write(ref _watchSleeps, false);
            Monitor.Pulse(_lock);
        }
    }
}
