using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Firewall;
using RestrictedTee.SecureWorld.Kernel.Calls;
using RestrictedTee.SecureWorld.Kernel.Instances;

namespace RestrictedTee.SecureWorld.Kernel.Sessions;

/// <summary>What clients ask of sessions: the GlobalPlatform life cycle (core/kernel/tee_ta_manager.c upstream).</summary>
internal sealed class SessionManager
{
    private readonly SessionLock _lock = new();
    private readonly FirewallRules _firewall;

    internal SessionManager(ITaStore store, FirewallRules firewall)
    {
        _firewall = firewall;
        Instances = new InstanceLifeCycle(new InstanceTable(_lock, store), CloseSession);
    }

    internal InstanceLifeCycle Instances { get; }

    /// <summary>The sessions of the normal world.</summary>
    internal SessionTable NormalWorldSessions { get; } = new(SessionTable.NormalWorldLimit);

    internal Outcome OpenSession(
        SessionTable table, Guid uuid, TeeIdentity client, uint cancelId, uint timeout, CallParameters parameters, out uint sessionId)
    {
        sessionId = 0;
        CallStack stack = CallStack.Current;
        if (!stack.CanEnter)
            return Outcome.Tee(TeeResult.OutOfMemory);
        Operation operation = stack.Next.Request;
        operation.Begin(cancelId, timeout, closes: false);
        Operation? outer = stack.CurrentOperation;
        outer?.Link(operation);
        using (_lock.Enter())
            table.Opening.Add(operation);
        try
        {
            if (outer is { IsCancelled: true })
                return Outcome.Tee(TeeResult.Cancel);
            bool isLateAlready = operation.IsUnwanted;
            Outcome outcome = Instances.Acquire(stack, uuid, operation, out TaInstance instance);
            if (outcome.IsSuccess && !isLateAlready && operation.IsUnwanted)
            {
                // Loading and creating took the time that the caller gave; it bounds the whole request.
                Instances.Release(stack, instance);
                return Outcome.Tee(TeeResult.Cancel);
            }

            return outcome.IsSuccess ? Open(stack, table, instance, client, operation, parameters, out sessionId) : outcome;
        }
        finally
        {
            outer?.Unlink();
            using (_lock.Enter())
                table.Opening.Remove(operation);
        }
    }

    internal Outcome InvokeCommand(SessionTable table, uint sessionId, uint command, uint cancelId, uint timeout, CallParameters parameters)
    {
        CallStack stack = CallStack.Current;
        if (!stack.CanEnter)
            return Outcome.Tee(TeeResult.OutOfMemory);
        Operation operation = stack.Next.Request;
        operation.Begin(cancelId, timeout, closes: false);
        Operation? outer = stack.CurrentOperation;
        outer?.Link(operation);
        try
        {
            return outer is { IsCancelled: true } ? Outcome.Tee(TeeResult.Cancel) : Invoke(stack, table, sessionId, command, operation, parameters);
        }
        finally
        {
            outer?.Unlink();
        }
    }

    private Outcome Invoke(CallStack stack, SessionTable table, uint sessionId, uint command, Operation operation, CallParameters parameters)
    {
        using CallScope scope = CallScope.Enter(_lock, _firewall, stack, table, sessionId, operation, parameters);
        return scope.Refusal == TeeResult.Success
            ? Instances.Conclude(scope.Session!.Instance, scope.Session.Instance.Runtime.Invoke(scope.Session.Handle, command, parameters))
            : Outcome.Tee(scope.Refusal);
    }

    internal TeeResult CloseSession(SessionTable table, uint sessionId) => CloseSession(table, sessionId, waits: true);

    /// <summary>Asks for the cancellation of an operation; session 0 means one that is still opening its session.</summary>
    internal TeeResult Cancel(SessionTable table, uint sessionId, uint cancelId)
    {
        using SessionLock.Scope held = _lock.Enter();
        OperationList? operations = sessionId == 0 && cancelId != 0 ? table.Opening : table.Find(sessionId)?.Operations;
        if (operations is null)
            return TeeResult.BadParameters;
        operations.Cancel(cancelId);
        held.Changed();
        return TeeResult.Success;
    }

    private Outcome Open(
        CallStack stack, SessionTable table, TaInstance instance, TeeIdentity client, Operation operation, CallParameters parameters, out uint sessionId)
    {
        Session? session = null;
        sessionId = 0;
        try
        {
            session = Add(table, instance, client);
            if (session is null)
                return Outcome.Tee(TeeResult.OutOfMemory);
            using CallScope scope = CallScope.EnterNew(_lock, _firewall, stack, session, operation, parameters);
            if (scope.Refusal != TeeResult.Success)
                return Outcome.Tee(scope.Refusal);
            Outcome outcome = Instances.Conclude(instance, instance.Runtime.OpenSession(session.Handle, parameters));
            sessionId = outcome.IsSuccess ? session.Id : 0;
            return outcome;
        }
        finally
        {
            // A close that came meanwhile may have taken the session away, and its hold with it.
            if (sessionId == 0 && (session is null || TryRemove(table, session)))
                Instances.Release(stack, instance);
        }
    }

    private Session? Add(SessionTable table, TaInstance instance, TeeIdentity client)
    {
        using SessionLock.Scope held = _lock.Enter();
        if (table.IsFull)
            return null;
        var session = new Session(table.NewId(), instance, client) { InUse = true };
        table.Add(session);
        return session;
    }

    /// <returns>False when another thread was faster: only one gives up the session's hold.</returns>
    private bool TryRemove(SessionTable table, Session session)
    {
        using SessionLock.Scope held = _lock.Enter();
        if (session.IsClosed)
            return false;
        session.IsClosed = true;
        table.Remove(session);
        held.Changed();
        return true;
    }

    /// <returns>Success; ItemNotFound; Busy, and the session stays, when its instance is busy and nobody is to wait for it.</returns>
    private TeeResult CloseSession(SessionTable table, uint sessionId, bool waits)
    {
        CallStack stack = CallStack.Current;
        var operation = new Operation();
        operation.Begin(cancelId: 0, TaClientSession.InfiniteTimeout, closes: true, waits);
        Session? closed = null;
        try
        {
            using CallScope scope = CallScope.Enter(_lock, _firewall, stack, table, sessionId, operation, parameters: null);
            if (scope is { Session: not null, Refusal: TeeResult.Busy } && !waits)
                return TeeResult.Busy;
            if (scope.Session is not { } session || !TryRemove(table, session))
                return TeeResult.ItemNotFound;
            closed = session;
            if (scope.Refusal == TeeResult.Success)
                Instances.Conclude(session.Instance, session.Instance.Runtime.CloseSession(session.Handle));
            return TeeResult.Success;
        }
        finally
        {
            if (closed is not null)
                Instances.Release(stack, closed.Instance);
        }
    }
}
