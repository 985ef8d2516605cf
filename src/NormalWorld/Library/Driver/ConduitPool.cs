using System.Diagnostics;

namespace RestrictedTee.NormalWorld.Driver;

/// <summary>
/// The free conduits, and who may have one. When all are taken a caller waits its turn, as in the Linux driver's call queue.
/// </summary>
/// <remarks>
/// A short call costs little more than its two wake-ups, and none on a conduit whose far end is still polling. So there are
/// only as many short calls under way as may poll at once (half of the cores), and a further caller waits for a warm conduit
/// before it takes a cold one. Each change of hands costs a wake-up, so a caller that calls again at once keeps its conduit for
/// a turn; one that does not lets the first waiter know. One waiter, the watcher, looks every moment for what nobody tells: a
/// conduit whose caller has stopped, and a call that has lasted a moment, which is a long one and counts no more, so nobody
/// waits behind a busy TA for longer.
/// </remarks>
internal sealed class ConduitPool
{
    private const int MomentMilliseconds = 2, LongestLookMilliseconds = 10, SpinsBeforeSleep = 20;
    private const int TurnMicroseconds = 300, AtOnceMicroseconds = 20;

    private static readonly int WarmLimit = Math.Max(1, Environment.ProcessorCount / 2);
    private static readonly long MomentTicks = Stopwatch.Frequency * MomentMilliseconds / 1000;
    private static readonly long TurnTicks = Stopwatch.Frequency * TurnMicroseconds / 1_000_000;
    private static readonly long AtOnceTicks = Stopwatch.Frequency * AtOnceMicroseconds / 1_000_000;

    // What a thread did last it will do next: call again at once after a call, or not.
    [ThreadStatic]
    private static long s_returned;
    [ThreadStatic]
    private static bool s_callsAtOnce;

    private readonly object _lock = new(); // protects everything below; never held while a call runs
    private readonly Stack<CallSlot> _free;
    private readonly List<CallSlot> _rented = [];
    private readonly LinkedList<CallWaiter> _waiters = new();
    private int _short;
    private long _returns;
    private int _drainers;
    private bool _closed;

    internal ConduitPool(IEnumerable<CallSlot> slots) => _free = new Stack<CallSlot>(slots);

    /// <summary>A conduit, as soon as it is the caller's turn.</summary>
    /// <returns>Null when the call was given up while it waited, or the pool was closed.</returns>
    internal CallSlot? Rent(CancellableCall? cancellable)
    {
        s_callsAtOnce = Stopwatch.GetTimestamp() - s_returned < AtOnceTicks;
        CallSlot? slot = TryRent(out bool othersWait);
        if (slot is not null)
            return slot;

        // The warm conduit is usually back within microseconds, which a sleep would turn into tens. Where others wait already,
        // spinning would only take the core from the call under way, and the conduit from the waiter that was just handed it.
        var spinner = default(SpinWait);
        for (int i = 0; i < SpinsBeforeSleep && !othersWait; i++)
        {
            spinner.SpinOnce(sleep1Threshold: -1);
            if (Volatile.Read(ref _short) < WarmLimit && (slot = TryRent(out othersWait)) is not null)
                return slot;
        }

        return WaitForTurn(cancellable);
    }

    /// <summary>Nobody waits any more: who does, and who would, gets nothing.</summary>
    internal void Close()
    {
        lock (_lock)
        {
            _closed = true;
            foreach (CallWaiter waiter in _waiters)
                waiter.Wake();
        }
    }

    internal void Return(CallSlot slot)
    {
        long now = Stopwatch.GetTimestamp();
        s_returned = now;
        lock (_lock)
        {
            _returns++;
            _rented.Remove(slot);
            if (!slot.IsLong)
                _short--;
            bool turnEnds = slot.IsLong || now - slot.TurnBegan >= TurnTicks;
            if (!turnEnds || !TryHandOver(slot))
            {
                _free.Push(slot);
                if (!s_callsAtOnce && _waiters.First is { Value: { IsWoken: false } first })
                    first.Wake();
            }

            if (_drainers > 0)
                Monitor.PulseAll(_lock);
        }
    }

    /// <summary>Takes all conduits out for good, once their calls have ended.</summary>
    /// <returns>False when some call did not end in time.</returns>
    internal bool TryDrain(int count, int milliseconds)
    {
        long until = Environment.TickCount64 + milliseconds;
        lock (_lock)
        {
            _drainers++;
            while (_free.Count < count)
            {
                int left = (int)(until - Environment.TickCount64);
                if (left <= 0)
                    return false;
                Monitor.Wait(_lock, left);
            }

            return true;
        }
    }

    /// <summary>The secure world said that it has no thread left: wait a moment before asking again.</summary>
    internal static void WaitForThread() => Thread.Sleep(1);

    private CallSlot? TryRent(out bool othersWait)
    {
        lock (_lock)
        {
            othersWait = _waiters.Count > 0;
            return TryTake();
        }
    }

    private CallSlot? WaitForTurn(CancellableCall? cancellable)
    {
        var waiter = new CallWaiter();
        if (cancellable?.TryWaitAs(waiter) == false)
            return null;
        long seen;
        lock (_lock)
        {
            if (TryTake() is { } free)
                return free;
            if (_closed)
                return null;
            waiter.IsWatcher = _waiters.Count == 0;
            _waiters.AddLast(waiter);
            seen = _returns;
        }

        for (int milliseconds = MomentMilliseconds; ;)
        {
            waiter.Sleep(milliseconds);
            if (waiter.Slot is { } handed)
                return handed;
            if (cancellable?.IsUnwanted == true || Volatile.Read(ref _closed))
                return Leave(waiter);

            // While a caller comes and goes, the lock is its: it will hand the conduit over when its turn ends.
            long returns = Volatile.Read(ref _returns);
            if (returns != seen && Volatile.Read(ref _short) >= WarmLimit)
            {
                seen = returns;
                milliseconds = Math.Min(2 * milliseconds, LongestLookMilliseconds);
                continue;
            }

            milliseconds = MomentMilliseconds;
            lock (_lock)
            {
                MarkLongCalls();
                while (_free.TryPeek(out CallSlot? slot) && TryHandOver(slot))
                    _free.Pop();
            }
        }
    }

    /// <summary>Gives a conduit to the first waiter, if there is one and it may have it.</summary>
    private bool TryHandOver(CallSlot slot)
    {
        if (_short >= WarmLimit || _waiters.First is not { Value: var first })
            return false;
        Remove(first);
        Begin(slot);
        slot.TurnBegan = slot.RentedAt;
        first.Slot = slot;
        first.Wake();
        return true;
    }

    /// <summary>Leaves the queue; with a conduit after all when it was handed one at the same moment, which the caller then gives back.</summary>
    private CallSlot? Leave(CallWaiter waiter)
    {
        lock (_lock)
        {
            if (waiter.Slot is null)
                Remove(waiter);
            return waiter.Slot;
        }
    }

    /// <summary>Takes a waiter out of the queue; when it was the one that looks, the last one does from now on.</summary>
    private void Remove(CallWaiter waiter)
    {
        _waiters.Remove(waiter);
        if (!waiter.IsWatcher || _waiters.Last is not { Value: var last })
            return;
        last.IsWatcher = true;
        last.Wake();
    }

    /// <summary>Calls that began more than a moment ago stop counting as short.</summary>
    private void MarkLongCalls()
    {
        long now = Stopwatch.GetTimestamp();
        foreach (CallSlot slot in _rented)
        {
            if (slot.IsLong || now - slot.RentedAt < MomentTicks)
                continue;
            slot.IsLong = true;
            _short--;
        }
    }

    private CallSlot? TryTake() => _short < WarmLimit && _free.TryPop(out CallSlot? slot) ? Begin(slot) : null;

    private CallSlot Begin(CallSlot slot)
    {
        _short++;
        slot.RentedAt = Stopwatch.GetTimestamp();
        slot.IsLong = false;
        _rented.Add(slot);
        return slot;
    }
}
