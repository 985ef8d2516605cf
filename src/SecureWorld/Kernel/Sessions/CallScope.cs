using System.Runtime.CompilerServices;
using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Firewall;
using RestrictedTee.SecureWorld.Kernel.Calls;
using RestrictedTee.SecureWorld.Kernel.Instances;
using RestrictedTee.SmcTransport.Interleaving;

namespace RestrictedTee.SecureWorld.Kernel.Sessions;

/// <summary>
/// One call into an instance: the session entered, the instance's turn taken, the parameters opened, the thread's stack pushed.
/// Disposing it gives all of that back, in reverse, whatever the TA did and however far the way in went.
/// </summary>
internal ref struct CallScope
{
    private readonly SessionLock _lock;
    private readonly CallStack _stack;
    private readonly Operation _operation;
    private readonly CallParameters? _parameters;
    private bool _entered;
    private bool _hasSession;
    private bool _hasTurn;
    private bool _pushed;

    private CallScope(SessionLock sessionLock, CallStack stack, Session session, Operation operation, CallParameters? parameters)
    {
        (_lock, _stack, _operation, _parameters) = (sessionLock, stack, operation, parameters);
        Session = session;
    }

    /// <summary>The session; null when its client has none of that id (any more).</summary>
    internal Session? Session { get; }

    /// <summary>Success when the TA may be called now; else why not.</summary>
    internal TeeResult Refusal { get; private set; }

    /// <summary>How long the close of a session, which must not fail, waits for an instance that in theory could be waiting for it.</summary>
    private const int CloseTimeout = 1000;

    /// <summary>Enters a session that its client knows by an id, and waits until no other thread is in it.</summary>
    internal static CallScope Enter(
        SessionLock sessionLock, FirewallRules firewall, CallStack stack, SessionTable table, uint id, Operation operation, CallParameters? parameters)
    {
        CallScope scope;
        using (SessionLock.Scope held = sessionLock.Enter())
        {
            Session? session = table.Find(id);
            if (session is null || (session.IsClosing && !operation.Closes))
                return new CallScope(sessionLock, stack, null!, operation, null) { Refusal = TeeResult.BadParameters };
            if (operation.Closes)
                session.BeginClosing();
            session.Operations.Add(operation);
            scope = new CallScope(sessionLock, stack, session, operation, parameters) { _entered = true };
            held.Changed(); // a close has cancelled what waits
            try
            {
                scope.TakeSession(held);
                scope.TakeTurn(held);
            }
            catch
            {
                scope.Dispose();
                throw;
            }
        }

        return scope.Opened(firewall);
    }

    /// <summary>Enters a session that is being opened, which is its opener's already.</summary>
    internal static CallScope EnterNew(
        SessionLock sessionLock, FirewallRules firewall, CallStack stack, Session session, Operation operation, CallParameters parameters)
    {
        var scope = new CallScope(sessionLock, stack, session, operation, parameters) { _entered = true, _hasSession = true };
        using (SessionLock.Scope held = sessionLock.Enter())
        {
            session.Operations.Add(operation);
            try
            {
                scope.TakeTurn(held);
            }
            catch
            {
                scope.Dispose();
                throw;
            }
        }

        return scope.Opened(firewall);
    }

    public void Dispose()
    {
        if (_pushed)
            _stack.Pop();
        _parameters?.Close();
        if (!_entered)
            return;
        using SessionLock.Scope held = _lock.Enter();
        if (_hasTurn)
            Session!.Instance.Busy = false;
        if (_hasSession)
            Session!.InUse = false;
        Session!.Operations.Remove(_operation);
        held.Changed();
    }

    /// <summary>Waits until no other thread is in the session.</summary>
    private void TakeSession(SessionLock.Scope held)
    {
        while (Session!.InUse && Refusal == TeeResult.Success)
            Refusal = _operation.Waits ? Wait(held, _operation, Timeout.Infinite) : TeeResult.Busy;
        if (Refusal != TeeResult.Success)
            return;
        Session.InUse = _hasSession = true;
        if (Session.IsClosed)
            Refusal = TeeResult.BadParameters;
    }

    /// <summary>
    /// The one place that decides between waiting and BUSY: a thread that is in a single-instance TA already never waits for a
    /// busy instance, because two such threads could wait for each other.
    /// </summary>
    private void TakeTurn(SessionLock.Scope held)
    {
        TaInstance instance = Session!.Instance;
        if (instance.Manifest.Has(TaFlags.Concurrent))
            return;
        long patience = _operation.Closes ? Environment.TickCount64 + CloseTimeout : 0;
        while (Refusal == TeeResult.Success && instance.Busy)
        {
            if (!_operation.Waits)
                Refusal = TeeResult.Busy;
            else if (!_stack.HoldsSingleInstance)
                Refusal = Wait(held, _operation, Timeout.Infinite);
            else if (patience - Environment.TickCount64 is var left and > 0)
                Refusal = Wait(held, _operation, (int)left);
            else
                Refusal = TeeResult.Busy;
        }

        if (Refusal != TeeResult.Success)
            return;
        InterleavingPoint.Reach("CallScope.TakeTurn");
        instance.Busy = _hasTurn = true;
    }

    /// <summary>The scope with its parameters open, or as a refusal; whatever goes wrong on the way, nothing stays taken.</summary>
    private CallScope Opened(FirewallRules firewall)
    {
        try
        {
            Open(firewall);
            return this;
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    private void Open(FirewallRules firewall)
    {
        if (Refusal != TeeResult.Success)
            return;
        TaManifest callee = Session!.Instance.Manifest;
        if (Session.Instance.IsPanicked)
            Refusal = TeeResult.TargetDead;
        else if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
            Refusal = TeeResult.OutOfMemory;
        else if (callee.IsPseudo && _parameters is { FromTrustedApp: false, RefersToRestricted: true })
            Refusal = TeeResult.BadParameters; // a pseudo TA takes restricted memory from TAs only (validate_in_param in core/kernel/pseudo_ta.c)
        else if (_parameters is not null && !_parameters.Open(firewall, callee.Master, Session.Instance.Number))
            Refusal = callee.Has(TaFlags.SecureDataPath) ? TeeResult.AccessDenied : TeeResult.BadParameters;
        if (Refusal != TeeResult.Success)
            return;
        _stack.Push(Session, _operation);
        _pushed = true;
    }

    /// <summary>Waits for a change; an operation that is unwanted before it has begun does not begin (GPD_SPE_010 section 4.10).</summary>
    private static TeeResult Wait(SessionLock.Scope held, Operation operation, int limit)
    {
        if (operation.IsUnwanted)
            return TeeResult.Cancel;
        int left = operation.TimeLeft;
        int milliseconds = limit < 0 ? left : left < 0 ? limit : Math.Min(limit, left);
        held.WaitForChange(milliseconds);
        return TeeResult.Success;
    }
}
