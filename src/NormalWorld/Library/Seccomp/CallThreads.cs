namespace RestrictedTee.NormalWorld.Seccomp;

/// <summary>Threads for calls that can take as long as they like: as many as there are calls, and some that wait for the next.</summary>
internal sealed class CallThreads
{
    private const int IdleMilliseconds = 5000;

    private readonly object _lock = new(); // protects the two below; a leaf
    private readonly Queue<Action> _work = new();
    private int _idle;

    internal void Run(Action call)
    {
        lock (_lock)
        {
            _work.Enqueue(call);
            if (_idle >= _work.Count)
                Monitor.Pulse(_lock);
            else
                new Thread(Serve, maxStackSize: 512 * 1024) { IsBackground = true, Name = "client's call" }.Start();
        }
    }

    private void Serve()
    {
        while (Take() is { } call)
            call();
    }

    private Action? Take()
    {
        lock (_lock)
        {
            _idle++;
            try
            {
                while (_work.Count == 0)
                {
                    if (!Monitor.Wait(_lock, IdleMilliseconds) && _work.Count == 0)
                        return null;
                }

                return _work.Dequeue();
            }
            finally
            {
                _idle--;
            }
        }
    }
}
