using RestrictedTee.Sdk;
using RestrictedTee.SmcTransport.Interleaving;

namespace RestrictedTee.SecureWorld.Kernel.Sessions;

/// <summary>
/// One request on its way through the kernel: from the moment it is known, while it waits for its session and its turn, until
/// the TA has answered. A request to cancel it is never lost in between.
/// </summary>
/// <remarks>
/// What a TA asks of another one is part of the request that it carries out itself: TEE_OpenTASession and TEE_InvokeTACommand
/// are cancellable (GPD_SPE_010 section 4.10), so a cancellation, or a time that is up, travels on to it, unless the calling TA
/// has cancellation masked, as it has until it says otherwise. The called TA has a mask of its own.
/// </remarks>
internal sealed class Operation
{
    private readonly object _gate = new(); // protects the fields below; a leaf
    private bool _cancelled;
    private bool _masked;
    private long _deadline;
    private Operation? _inner; // what the TA has asked of another one: its lock is taken inside of this one's

    /// <summary>The id by which the client cancels it; 0 when it gave none.</summary>
    internal uint CancelId { get; private set; }

    /// <summary>Whether it ends a session: the wish to close cancels what runs in the session, and not itself.</summary>
    internal bool Closes { get; private set; }

    /// <summary>Whether it waits for its turn; else it is refused at once when it has to.</summary>
    internal bool Waits { get; private set; }

    /// <summary>Starts over: cancellation is masked, as GPD_SPE_010 section 4.10 has it, and nothing is cancelled.</summary>
    internal void Begin(uint cancelId, uint timeout, bool closes, bool waits = true)
    {
        lock (_gate)
        {
            (CancelId, Closes, Waits) = (cancelId, closes, waits);
            (_cancelled, _masked) = (false, true);
            _deadline = timeout == TaClientSession.InfiniteTimeout ? long.MaxValue : Environment.TickCount64 + timeout;
        }
    }

    /// <summary>
    /// Makes an operation, which has just begun, part of this one: until <see cref="Unlink"/> it is cancelled with it and has no
    /// more time. Only the TA that carries this one out can mask it, and that TA is waiting meanwhile.
    /// </summary>
    internal void Link(Operation inner)
    {
        lock (_gate)
        {
            if (_masked)
                return;
            _inner = inner;
            inner.Limit(_deadline, _cancelled);
        }
    }

    internal void Unlink()
    {
        lock (_gate)
            _inner = null;
    }

    internal void Cancel()
    {
        lock (_gate)
        {
            _cancelled = true;
            _inner?.Cancel();
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>
    /// Whether its end is wanted, be it masked or not: what a request that has not reached its TA looks at. Never of a close: one
    /// that gave up its turn would end the instance under the call that has it.
    /// </summary>
    internal bool IsUnwanted
    {
        get
        {
            lock (_gate)
                return !Closes && (_cancelled || Environment.TickCount64 >= _deadline);
        }
    }

    /// <summary>Milliseconds until its time is up, from 0; -1 for never.</summary>
    internal int TimeLeft
    {
        get
        {
            lock (_gate)
                return _deadline == long.MaxValue ? Timeout.Infinite : (int)Math.Clamp(_deadline - Environment.TickCount64, 0, int.MaxValue);
        }
    }

    /// <summary>TEE_GetCancellationFlag.</summary>
    internal bool IsCancelled
    {
        get
        {
            lock (_gate)
                return IsCancelledLocked;
        }
    }

    /// <returns>Whether cancellation was masked before.</returns>
    internal bool Mask(bool mask)
    {
        lock (_gate)
        {
            bool before = _masked;
            InterleavingPoint.Reach("Operation.Mask");
            _masked = mask;
            return before;
        }
    }

    /// <summary>Waits, or until cancelled.</summary>
    internal TeeResult Wait(uint milliseconds)
    {
        long until = Environment.TickCount64 + milliseconds;
        lock (_gate)
        {
            while (!IsCancelledLocked)
            {
                long now = Environment.TickCount64;
                if (now >= until)
                    return TeeResult.Success;
                long next = _masked ? until : Math.Min(until, _deadline);
                Monitor.Wait(_gate, (int)Math.Clamp(next - now, 1, 60_000));
            }

            return TeeResult.Cancel;
        }
    }

    private void Limit(long deadline, bool cancelled)
    {
        lock (_gate)
        {
            _deadline = Math.Min(_deadline, deadline);
            _cancelled |= cancelled;
        }
    }

    private bool IsCancelledLocked => !_masked && (_cancelled || Environment.TickCount64 >= _deadline);
}
