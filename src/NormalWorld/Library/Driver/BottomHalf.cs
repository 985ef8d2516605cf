using Serilog;

namespace RestrictedTee.NormalWorld.Driver;

/// <summary>
/// Where the work goes that an interrupt leaves: it calls the TEE, which the thread that takes interrupts must not wait for. The thread
/// is there from the first piece of work on.
/// </summary>
internal sealed class BottomHalf(string name) : IDisposable
{
    private const int StackSize = 256 * 1024;

    private readonly object _lock = new(); // protects everything below; a leaf, not held while work is done
    private readonly Queue<Action> _work = new();
    private Thread? _thread;
    private bool _isEnding;

    internal void Add(Action work)
    {
        lock (_lock)
        {
            _work.Enqueue(work);
            if (_thread is null)
            {
                var thread = new Thread(Serve, StackSize) { IsBackground = true, Name = name };
                thread.Start(); // when there is none to be had, the next piece of work tries again
                _thread = thread;
            }

            Monitor.Pulse(_lock);
        }
    }

    /// <summary>Does what there is, and ends.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _isEnding = true;
            Monitor.Pulse(_lock);
        }
    }

    private void Serve()
    {
        while (Take() is { } work)
        {
            try
            {
                work();
            }
            catch (Exception e)
            {
                Log.Error("What an interrupt left to {Thread} failed: {Type}: {Reason}", name, e.GetType().Name, e.Message);
            }
        }
    }

    private Action? Take()
    {
        lock (_lock)
        {
            while (!_isEnding && _work.Count == 0)
                Monitor.Wait(_lock);
            if (_work.TryDequeue(out Action? work))
                return work;
            _thread = null;
            return null;
        }
    }
}
