using System.Diagnostics;
using RestrictedTee.SmcTransport.Abi;
using RestrictedTee.SmcTransport.Conduits;
using RestrictedTee.SmcTransport.NormalRam;

namespace RestrictedTee.NormalWorld.Driver;

/// <summary>
/// A conduit with the page of reserved shm in which its messages lie: the argument, and behind it the RPC argument.
/// </summary>
internal sealed class CallSlot(IConduit conduit, int number, RamBank bank, PhysicalAddress address)
{
    internal IConduit Conduit => conduit;

    /// <summary>The conduit's number: which CPU it is.</summary>
    internal int Number => number;

    internal PhysicalAddress Address => address;

    internal Span<byte> Page => bank.GetSpan(address.Value - bank.Range.Start.Value, OpteeMsg.PageSize);

    /// <summary>When the call in progress began. Protected by the lock of the pool, as is <see cref="IsLong"/>.</summary>
    internal long RentedAt { get; set; }

    /// <summary>The call in progress has turned out to be no short one.</summary>
    internal bool IsLong { get; set; }
}

/// <summary>
/// The free conduits, and who may have one. When all are taken a caller waits its turn, as in the Linux driver's call queue.
/// </summary>
/// <remarks>
/// A short call costs little more than its two wake-ups, and none on a conduit whose far end is still polling. So there are
/// only as many short calls under way as may poll at once (half of the cores); a further caller waits a moment for a warm
/// conduit before it takes a cold one. A call that does not come back in that moment is a long one and counts no more, so
/// nobody waits behind a busy TA for longer. A caller that has waited while others came and went is at last handed the next
/// conduit that is returned, so none starves.
/// </remarks>
internal sealed class ConduitPool
{
    private static readonly int WarmLimit = Math.Max(1, Environment.ProcessorCount / 2);
    private static readonly long MomentTicks = Stopwatch.Frequency * MomentMilliseconds / 1000;
    private static readonly long FairnessTicks = Stopwatch.Frequency * FairnessMilliseconds / 1000;
    private const int MomentMilliseconds = 2;

    /// <summary>After how long a waiter is served ahead of callers that are already running: each such change of hands costs a wake-up.</summary>
    private const int FairnessMilliseconds = 10;
    private const int SpinsBeforeSleep = 20;

    /// <summary>Only the first waiter looks every moment: each look takes a core from the call under way. The others look now and then, and when they become first.</summary>
    private const int FollowerMilliseconds = 50;

    private readonly object _lock = new(); // protects everything below; never held while a call runs
    private readonly Stack<CallSlot> _free;
    private readonly List<CallSlot> _rented = [];
    private readonly LinkedList<Waiter> _waiters = new();
    private int _short;
    private long _returns;
    private int _drainers;

    internal ConduitPool(IEnumerable<CallSlot> slots) => _free = new Stack<CallSlot>(slots);

    internal CallSlot Rent()
    {
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

        return WaitForTurn();
    }

    internal void Return(CallSlot slot)
    {
        lock (_lock)
        {
            _returns++;
            bool wasShort = !slot.IsLong;
            _rented.Remove(slot);
            if (_waiters.First is { } first && Stopwatch.GetTimestamp() - first.Value.Since >= FairnessTicks)
            {
                Leave(_waiters.First!, wake: false);
                if (!wasShort)
                    _short++;
                first.Value.Slot = Begin(slot);
                lock (first.Value)
                    Monitor.Pulse(first.Value);
                return;
            }

            if (wasShort)
                _short--;
            _free.Push(slot);
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
            return _short < WarmLimit && _free.Count > 0 ? Take() : null;
        }
    }

    private CallSlot WaitForTurn()
    {
        var waiter = new Waiter { Since = Stopwatch.GetTimestamp() };
        LinkedListNode<Waiter> node;
        long seen;
        lock (_lock)
        {
            if (_short < WarmLimit && _free.Count > 0)
                return Take();
            waiter.IsFirst = _waiters.Count == 0;
            node = _waiters.AddLast(waiter);
            seen = _returns;
        }

        while (true)
        {
            lock (waiter)
            {
                if (waiter.Slot is null)
                    Monitor.Wait(waiter, waiter.IsFirst ? MomentMilliseconds : FollowerMilliseconds);
            }

            if (waiter.Slot is { } handed)
                return handed;

            // While others come and go, looking is all that a waiter does: the lock is theirs, and it will be handed a conduit.
            long returns = Volatile.Read(ref _returns);
            if (returns != seen)
            {
                seen = returns;
                continue;
            }

            lock (_lock)
            {
                if (waiter.Slot is { } handedMeanwhile)
                    return handedMeanwhile;
                MarkLongCalls();
                if (_short < WarmLimit && _free.Count > 0)
                {
                    Leave(node, wake: true);
                    return Take();
                }
            }
        }
    }

    /// <summary>Takes a waiter out of the queue; the one behind it is first from then on.</summary>
    private void Leave(LinkedListNode<Waiter> node, bool wake)
    {
        _waiters.Remove(node);
        if (_waiters.First is not { Value: var next } || next.IsFirst)
            return;
        next.IsFirst = true;
        if (!wake)
            return;
        lock (next)
            Monitor.Pulse(next);
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

    private CallSlot Take()
    {
        _short++;
        return Begin(_free.Pop());
    }

    private CallSlot Begin(CallSlot slot)
    {
        slot.RentedAt = Stopwatch.GetTimestamp();
        slot.IsLong = false;
        _rented.Add(slot);
        return slot;
    }

    private sealed class Waiter
    {
        private CallSlot? _slot;
        private bool _isFirst;

        internal long Since { get; init; }

        internal bool IsFirst
        {
            get => Volatile.Read(ref _isFirst);
            set => Volatile.Write(ref _isFirst, value);
        }

        internal CallSlot? Slot
        {
            get => Volatile.Read(ref _slot);
            set => Volatile.Write(ref _slot, value);
        }
    }
}
