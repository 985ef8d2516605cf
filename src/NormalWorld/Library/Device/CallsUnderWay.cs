using RestrictedTee.NormalWorld.Driver;
using RestrictedTee.SmcTransport.Interleaving;

namespace RestrictedTee.NormalWorld.Device;

/// <summary>The calls of one context that are under way, and the wishes to cancel some.</summary>
internal sealed class CallsUnderWay(OpteeDriver driver)
{
    /// <summary>Wishes that arrived before their call are few: what comes on top pushes out the oldest.</summary>
    private const int MaxEarly = 16;

    /// <summary>
    /// How long such a wish waits for its call. A client may use its id again (libteec takes an address), and what came too late for one
    /// call is not meant for the next.
    /// </summary>
    private const int EarlyMilliseconds = 5000;

    private readonly object _lock = new(); // protects everything below; a leaf
    private readonly Dictionary<int, Call> _calls = []; // what a thread is calling
    private readonly Stack<Call> _idle = new();
    private readonly List<(uint Session, uint CancelId, long Since)> _early = [];

    /// <summary>What is under way, for a client of that process.</summary>
    internal IReadOnlyList<CallInfo> Of(int pid)
    {
        long now = Environment.TickCount64;
        lock (_lock)
            return [.. _calls.Values.Select(call => new CallInfo(call.Session, call.Ta, call.Command, pid, now - call.Since))];
    }

    /// <summary>The calling thread calls into a session or, with 0, opens one.</summary>
    /// <param name="session">The session.</param>
    /// <param name="ta">Its TA.</param>
    /// <param name="command">What is invoked; null while a session is being opened.</param>
    /// <param name="cancelId">By which its client cancels it; 0 when it gave none.</param>
    internal CancellableCall Begin(uint session, Guid ta, uint? command, uint cancelId)
    {
        InterleavingPoint.Reach("CallsUnderWay.Begin");
        lock (_lock)
        {
            Call call = _idle.TryPop(out Call? idle) ? idle : new Call();
            (call.Session, call.Ta, call.Command, call.CancelId, call.Since) = (session, ta, command, cancelId, Environment.TickCount64);
            call.Cancellable.Begin(session, isUnwanted: _early.Count > 0 && TakeEarly(session, cancelId));
            _calls[Environment.CurrentManagedThreadId] = call;
            return call.Cancellable;
        }
    }

    /// <summary>The calling thread's call has ended.</summary>
    internal void End()
    {
        lock (_lock)
        {
            if (!_calls.Remove(Environment.CurrentManagedThreadId, out Call? call))
                return;
            call.Cancellable.End();
            _idle.Push(call);
        }
    }

    /// <summary>
    /// Cancels what a client names by session and id; id 0 means whatever is under way in a session. The wish may overtake its call, which
    /// comes from another thread and perhaps by another connection; it is then kept until the call is there.
    /// </summary>
    internal void Cancel(uint session, uint cancelId) =>
        TryCancel(call => call.Session == session && (cancelId == 0 || call.CancelId == cancelId), otherwise: () => Keep(session, cancelId));

    /// <summary>Cancels what a thread is calling.</summary>
    internal void CancelOf(int managedThreadId) =>
        TryCancel(call => _calls.GetValueOrDefault(managedThreadId) == call);

    /// <summary>Cancels whatever was invoked in a session.</summary>
    /// <returns>False when nothing was.</returns>
    internal bool TryCancelAll(uint session) => TryCancel(call => call.Command is not null && call.Session == session);

    private bool TryCancel(Predicate<Call> wanted, Action? otherwise = null)
    {
        List<(CancellableCall Cancellable, uint Id)> found;
        lock (_lock)
        {
            found = [.. _calls.Values.Where(call => wanted(call)).Select(call => (call.Cancellable, call.Cancellable.Id))];
            if (found.Count == 0)
                otherwise?.Invoke();
        }

        found.ForEach(call => call.Cancellable.Cancel(call.Id, driver));
        return found.Count > 0;
    }

    private void Keep(uint session, uint cancelId)
    {
        if (cancelId == 0)
            return;
        if (_early.Count == MaxEarly)
            _early.RemoveAt(0);
        _early.Add((session, cancelId, Environment.TickCount64));
    }

    private bool TakeEarly(uint session, uint cancelId)
    {
        long oldest = Environment.TickCount64 - EarlyMilliseconds;
        _early.RemoveAll(wish => wish.Since < oldest);
        return cancelId != 0 && _early.RemoveAll(wish => wish.Session == session && wish.CancelId == cancelId) > 0;
    }

    /// <summary>One of them.</summary>
    private sealed class Call
    {
        internal CancellableCall Cancellable { get; } = new();

        internal uint Session { get; set; }

        internal Guid Ta { get; set; }

        internal uint? Command { get; set; }

        internal uint CancelId { get; set; }

        internal long Since { get; set; }
    }
}
