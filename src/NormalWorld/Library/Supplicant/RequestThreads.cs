namespace RestrictedTee.NormalWorld.Supplicant;

/// <summary>Threads for requests that wait for somebody outside. They are made when none is idle, and end when they have been idle for a while.</summary>
internal sealed class RequestThreads
{
    /// <summary>More than the TEE has threads to ask with; the rest are those whose askers have gone, and who have not noticed yet.</summary>
    internal const int Limit = 32;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly object _lock = new(); // protects everything below; not held while work is done
    private readonly Queue<Action> _work = [];
    private int _threads;
    private int _idle;

    /// <summary>Has a request served.</summary>
    /// <param name="work">Serves it; throws nothing.</param>
    /// <returns>False when all threads are taken.</returns>
    internal bool TryRun(Action work)
    {
        lock (_lock)
        {
            bool isOneIdle = _idle > _work.Count;
            if (!isOneIdle && _threads >= Limit)
                return false;
            _work.Enqueue(work);
            Monitor.Pulse(_lock);
            if (isOneIdle)
                return true;
            _threads++;
        }

        new Thread(Serve, maxStackSize: 512 * 1024) { IsBackground = true, Name = "tee-supplicant request" }.Start();
        return true;
    }

    private void Serve()
    {
        while (Next() is { } work)
            work();
    }

    private Action? Next()
    {
        lock (_lock)
        {
            while (_work.Count == 0)
            {
                _idle++;
                bool isWoken = Monitor.Wait(_lock, Patience);
                _idle--;
                if (isWoken || _work.Count > 0)
                    continue;
                _threads--;
                return null;
            }

            return _work.Dequeue();
        }
    }
}
