using RestrictedTee.Sdk;
using RestrictedTee.SmcTransport.Interleaving;

namespace RestrictedTee.SecureWorld.Kernel.Sessions;

/// <summary>
/// One request on its way through the kernel: from the moment it is known, while it waits for its session and its turn, until
/// the TA has answered. A request to cancel it is never lost in between.
/// </summary>
internal sealed class Operation
{
    private readonly object _gate = new(); // protects the fields below; a leaf
    private bool _cancelled;
    private bool _masked;
    private long _deadline;

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

    internal void Cancel()
    {
        lock (_gate)
        {
            _cancelled = true;
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

    private bool IsCancelledLocked => !_masked && (_cancelled || Environment.TickCount64 >= _deadline);
}
