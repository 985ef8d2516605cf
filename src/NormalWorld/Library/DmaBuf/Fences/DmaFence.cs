using RestrictedTee.NormalWorld.Uapi;

namespace RestrictedTee.NormalWorld.DmaBuf.Fences;

/// <summary>
/// Work that is under way on a buffer (struct dma_fence): it ends once, well or badly. A fence that is not signalled by its deadline
/// has failed with ETIMEDOUT, so that nobody waits for a device that has died.
/// </summary>
public sealed class DmaFence
{
    private const double LongestNap = int.MaxValue; // milliseconds, of Monitor.Wait; who waits longer naps again

    private readonly object _lock = new(); // protects the four below the clock; a leaf, on which waiters wait
    private readonly TimeProvider _time;
    private readonly long _start;
    private readonly TimeSpan _deadline;
    private bool _done;
    private bool _over;
    private bool _withdrawn;
    private Errno? _error;

    /// <summary>Begins.</summary>
    /// <param name="who">Whose work it is, for messages.</param>
    /// <param name="deadline">How long it may take.</param>
    /// <param name="time">The clock; that of the machine when none is given.</param>
    public DmaFence(string who, TimeSpan deadline, TimeProvider? time = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(deadline, TimeSpan.Zero);
        Who = who;
        _deadline = deadline;
        _time = time ?? TimeProvider.System;
        _start = _time.GetTimestamp();
    }

    /// <summary>Whose work it is.</summary>
    public string Who { get; }

    /// <summary>Whether the work has ended, however it did.</summary>
    public bool IsSignaled
    {
        get
        {
            lock (_lock)
                return Settle();
        }
    }

    /// <summary>What went wrong; null while the work is under way, and when it ended well.</summary>
    public Errno? Error
    {
        get
        {
            lock (_lock)
            {
                Settle();
                return _error;
            }
        }
    }

    /// <summary>Whether who does the work has said that it has ended, be it too late: nothing of it touches the buffer any more.</summary>
    internal bool IsOver
    {
        get
        {
            lock (_lock)
                return _over;
        }
    }

    /// <summary>Whether the work was given up before it began, so that nothing has become of the buffer.</summary>
    internal bool IsWithdrawn
    {
        get
        {
            lock (_lock)
                return _withdrawn;
        }
    }

    /// <summary>The work has ended well (dma_fence_signal). After the deadline it is too late.</summary>
    public void Signal() => End(null);

    /// <summary>The work has failed (dma_fence_set_error, and then dma_fence_signal).</summary>
    public void Fail(Errno error) => End(error);

    /// <summary>Waits until the work has ended.</summary>
    /// <param name="patience">For how long at most.</param>
    /// <returns>False when it has not ended in that time.</returns>
    public bool Wait(TimeSpan patience)
    {
        long began = _time.GetTimestamp();
        lock (_lock)
        {
            while (!Settle())
            {
                TimeSpan left = patience - _time.GetElapsedTime(began);
                if (left <= TimeSpan.Zero)
                    return false;
                TimeSpan untilDeadline = _deadline - _time.GetElapsedTime(_start);
                TimeSpan nap = left < untilDeadline ? left : untilDeadline;
                Monitor.Wait(_lock, (int)Math.Clamp(Math.Ceiling(nap.TotalMilliseconds), 1, LongestNap));
            }

            return true;
        }
    }

    /// <summary>The work is not going to be begun.</summary>
    internal void Withdraw()
    {
        lock (_lock)
        {
            _withdrawn = true;
            End(null);
        }
    }

    private void End(Errno? error)
    {
        lock (_lock)
        {
            _over = true;
            if (Settle())
                return;
            (_done, _error) = (true, error);
            Monitor.PulseAll(_lock);
        }
    }

    private bool Settle()
    {
        if (!_done && _time.GetElapsedTime(_start) >= _deadline)
            (_done, _error) = (true, Errno.ETIMEDOUT);
        return _done;
    }
}
