using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Abi;

namespace RestrictedTee.NormalWorld.Driver;

/// <summary>
/// A call that can be given up, from the moment on at which it is known: while it waits for a conduit or a thread of the TEE it
/// ends at once, later the TEE is told. Used again for call after call; the id tells one from the next.
/// </summary>
internal sealed class CancellableCall
{
    private static uint s_lastId;

    private readonly object _lock = new(); // protects everything below; taken before that of a waiter, never with that of the pool inside
    private uint _id;
    private uint _session;
    private bool _isUnwanted;
    private bool _isSent;
    private CallWaiter? _waiter;

    /// <summary>
    /// By which the TEE knows it, and no other call. Clients choose ids too, but may choose the same ones, and use one again for a call
    /// that a late wish was not meant for.
    /// </summary>
    internal uint Id => _id;

    /// <summary>Starts over, in a session or, with 0, on the way to one.</summary>
    internal void Begin(uint session, bool isUnwanted)
    {
        uint id;
        do
            id = Interlocked.Increment(ref s_lastId);
        while (id == 0);
        lock (_lock)
            (_id, _session, _isUnwanted, _isSent, _waiter) = (id, session, isUnwanted, false, null);
    }

    /// <summary>It has ended; a wish to cancel it that comes now goes nowhere.</summary>
    internal void End()
    {
        lock (_lock)
            _id = 0;
    }

    /// <summary>Gives up the call that had this id; when it has gone to the TEE already, the TEE must be told.</summary>
    internal void Cancel(uint id, OpteeDriver driver)
    {
        uint session;
        lock (_lock)
        {
            if (_id != id || id == 0)
                return;
            _isUnwanted = true;
            _waiter?.Wake();
            if (!_isSent)
                return;
            session = _session;
        }

        // It may overtake the call on its way in: the TEE keeps the wish until the call with that id comes.
        var message = default(OpteeMessage);
        message.Arg.Command = (uint)OpteeMsgCommand.Cancel;
        message.Arg.Session = session;
        message.Arg.CancelId = id;
        driver.TryCallFast(ref message);
    }

    /// <summary>Whether it is not to go on waiting.</summary>
    internal bool IsUnwanted
    {
        get
        {
            lock (_lock)
                return _isUnwanted;
        }
    }

    /// <summary>From now on it waits as this in the queue, and is woken when it is cancelled.</summary>
    /// <returns>False when it has been cancelled already.</returns>
    internal bool TryWaitAs(CallWaiter waiter)
    {
        lock (_lock)
        {
            _waiter = waiter;
            return !_isUnwanted;
        }
    }

    /// <summary>It goes to the TEE now.</summary>
    /// <returns>False when it has been cancelled, and does not begin (GPD_SPE_010 section 4.10).</returns>
    internal bool TrySend()
    {
        lock (_lock)
        {
            _waiter = null;
            return _isSent = !_isUnwanted;
        }
    }

    /// <summary>What becomes of a call that was given up before the TA had it.</summary>
    internal static void Answer(ref OpteeMessage message) =>
        (message.Arg.Result, message.Arg.ResultOrigin) = ((uint)TeecResult.Cancel, (uint)TeecOrigin.Tee);
}
