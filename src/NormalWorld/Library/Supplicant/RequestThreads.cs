using Serilog;

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
    /// <param name="work">Serves it.</param>
    /// <returns>False when all threads are taken, or the system has none to give.</returns>
    internal bool TryRun(Action work)
    {
        lock (_lock)
        {
            if (_idle > _work.Count)
            {
                _work.Enqueue(work);
                Monitor.Pulse(_lock);
                return true;
            }

            if (_threads >= Limit)
                return false;
            _threads++;
        }

        try
        {
            new Thread(() => Serve(work), maxStackSize: 512 * 1024) { IsBackground = true, Name = "tee-supplicant request" }.Start();
            return true;
        }
        catch (Exception e) when (e is OutOfMemoryException or ThreadStartException)
        {
            lock (_lock)
                _threads--;
            return false;
        }
    }

    private void Serve(Action first)
    {
        for (Action? work = first; work is not null; work = Next())
            Do(work);
    }

    /// <summary>The thread's border: what one request throws is nothing to the next.</summary>
    private static void Do(Action work)
    {
        try
        {
            work();
        }
        catch (Exception e)
        {
            Log.Warning("Supplicant: a request failed: {Type} in {Place}", e.GetType().Name, e.TargetSite?.ToString());
        }
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
