using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Kernel.Threads;
using RestrictedTee.SecureWorld.TaStore;
using Serilog;

namespace RestrictedTee.SecureWorld.Kernel.Sessions;

/// <summary>The outcome of a request, with the layer that decided it.</summary>
internal readonly record struct Outcome(TeeResult Result, TeeOrigin Origin)
{
    internal static Outcome Tee(TeeResult result) => new(result, TeeOrigin.Tee);
}

/// <summary>
/// Sessions and instances: the GlobalPlatform life cycle (core/kernel/tee_ta_manager.c upstream).
/// </summary>
/// <remarks>
/// Locking. <c>_lock</c> protects the list of instances, every session table, and of each instance its state, its session
/// count and whose turn it is; it is never held while a TA runs, an RPC is made or a TA is loaded. A thread that is already
/// inside a single-instance TA never waits for a busy instance, because two such threads could wait for each other; it gets
/// TEE_ERROR_BUSY.
/// </remarks>
internal sealed class TaManager(ITaStore store, AccessPolicy policy)
{
    /// <summary>How long closing a session, which must not fail, waits for an instance that in theory could be waiting for it.</summary>
    private const int CloseTimeout = 1000;

    private readonly object _lock = new();
    private readonly List<TaInstance> _instances = [];

    /// <summary>The sessions of the normal world.</summary>
    internal SessionTable NormalWorldSessions { get; } = new();

    internal Outcome OpenSession(
        SessionTable table, Guid uuid, TeeIdentity client, uint cancelId, uint timeout, CallParameters parameters, out uint sessionId)
    {
        sessionId = 0;
        TeeThread thread = TeeThread.Current;
        if (!thread.CanEnter)
            return Outcome.Tee(TeeResult.OutOfMemory);
        Outcome outcome = AcquireInstance(thread, uuid, out TaInstance instance);
        if (outcome.Result != TeeResult.Success)
            return outcome;

        TeeResult allowed = policy.Check(instance.Program, parameters);
        if (allowed != TeeResult.Success)
        {
            ReleaseInstance(thread, instance);
            return Outcome.Tee(allowed);
        }

        Session? session = AddSession(table, instance, client);
        if (session is null)
        {
            ReleaseInstance(thread, instance);
            return Outcome.Tee(TeeResult.OutOfMemory);
        }

        outcome = !TryTakeTurn(thread, instance)
            ? Outcome.Tee(TeeResult.Busy)
            : Run(thread, session, new Request(RequestKind.Open, 0, cancelId, timeout), parameters);
        if (outcome.Result != TeeResult.Success)
        {
            RemoveSession(table, session);
            ReleaseInstance(thread, instance);
            return outcome;
        }

        LeaveSession(session);
        sessionId = session.Id;
        return outcome;
    }

    internal Outcome InvokeCommand(SessionTable table, uint sessionId, uint command, uint cancelId, uint timeout, CallParameters parameters)
    {
        TeeThread thread = TeeThread.Current;
        if (!thread.CanEnter)
            return Outcome.Tee(TeeResult.OutOfMemory);
        if (EnterSession(table, sessionId) is not { } session)
            return Outcome.Tee(TeeResult.BadParameters);
        try
        {
            TeeResult allowed = policy.Check(session.Instance.Program, parameters);
            if (allowed != TeeResult.Success)
                return Outcome.Tee(allowed);
            return TryTakeTurn(thread, session.Instance)
                ? Run(thread, session, new Request(RequestKind.Invoke, command, cancelId, timeout), parameters)
                : Outcome.Tee(TeeResult.Busy);
        }
        finally
        {
            LeaveSession(session);
        }
    }

    internal TeeResult CloseSession(SessionTable table, uint sessionId)
    {
        TeeThread thread = TeeThread.Current;
        if (EnterSession(table, sessionId, toClose: true) is not { } session)
            return TeeResult.ItemNotFound;
        RemoveSession(table, session);
        if (!session.Instance.IsPanicked && TryTakeTurn(thread, session.Instance, CloseTimeout))
        {
            CallParameters parameters = thread.Parameters;
            parameters.Reset();
            Run(thread, session, new Request(RequestKind.Close, 0, 0, TaClientSession.InfiniteTimeout), parameters);
        }

        ReleaseInstance(thread, session.Instance);
        return TeeResult.Success;
    }

    internal TeeResult Cancel(SessionTable table, uint sessionId, uint cancelId)
    {
        Session? session;
        lock (_lock)
            session = table.Find(sessionId);
        if (session is null)
            return TeeResult.BadParameters;
        session.RequestCancellation(cancelId);
        return TeeResult.Success;
    }

    /// <summary>Marks the instance of the running session as panicked; who catches the exception that follows gains nothing.</summary>
    internal void MarkPanicked(TaInstance instance)
    {
        lock (_lock)
        {
            instance.State = InstanceState.Panicked;
            if (!(instance.Program.Has(TaFlags.InstanceKeepAlive) && instance.Program.Has(TaFlags.InstanceKeepCrashed)))
                _instances.Remove(instance);
        }
    }

    private enum RequestKind
    {
        Open,
        Invoke,
        Close,
    }

    private readonly record struct Request(RequestKind Kind, uint Command, uint CancelId, uint Timeout);

    /// <summary>Runs one entry point of a TA. The thread has the instance's turn and gives it back.</summary>
    private Outcome Run(TeeThread thread, Session session, Request request, CallParameters parameters)
    {
        TaInstance instance = session.Instance;
        Outcome outcome;
        if (instance.IsPanicked)
        {
            outcome = Outcome.Tee(TeeResult.TargetDead);
        }
        else
        {
            session.BeginOperation(request.CancelId, request.Timeout, request.Kind == RequestKind.Close);
            thread.Enter(session);
            try
            {
                outcome = new Outcome(Call(session, request, parameters), TeeOrigin.TrustedApp);
            }
            catch (TeeException e)
            {
                outcome = new Outcome(e.Result == TeeResult.Success ? TeeResult.Generic : e.Result, TeeOrigin.TrustedApp);
            }
            catch (Exception e) when (e is not ConduitClosedException)
            {
                Panic(instance, e);
                outcome = default;
            }
            finally
            {
                thread.Leave();
                session.EndOperation();
            }

            if (instance.IsPanicked)
                outcome = Outcome.Tee(TeeResult.TargetDead);
        }

        GiveTurn(instance);
        return outcome;
    }

    private static TeeResult Call(Session session, Request request, CallParameters parameters)
    {
        TaInstance instance = session.Instance;
        switch (request.Kind)
        {
            case RequestKind.Open:
                return instance.Commands.OpenSession(session.View, parameters.Types, parameters.Slots);
            case RequestKind.Invoke:
                return instance.Commands.Invoke(session.View, request.Command, parameters.Types, parameters.Slots);
            default:
                instance.App.CloseSession(session.View);
                (session.View.Context as IDisposable)?.Dispose();
                return TeeResult.Success;
        }
    }

    private void Panic(TaInstance instance, Exception cause)
    {
        MarkPanicked(instance);
        // The message of a TA's exception may hold whatever the TA put there, so it stays out of the log; type and place do not.
        if (cause is TaPanicException panic)
            Log.Warning("TA {Uuid} panicked with code 0x{Code:x}", instance.Program.Uuid, panic.Code);
        else
            Log.Warning("TA {Uuid} died of {Exception} at {Place}", instance.Program.Uuid, cause.GetType().Name, FirstFrame(cause));
    }

    private static string FirstFrame(Exception e) => e.StackTrace?.Split('\n', 2)[0].Trim() ?? "an unknown place";

    private Outcome AcquireInstance(TeeThread thread, Guid uuid, out TaInstance instance)
    {
        TaProgram? program = null;
        while (true)
        {
            lock (_lock)
            {
                TaInstance? existing;
                while ((existing = _instances.Find(i => i.Program.Uuid == uuid && i.IsSingleInstance)) is { State: InstanceState.Initializing })
                    Monitor.Wait(_lock);
                if (existing is not null)
                {
                    instance = existing;
                    if (!existing.Program.Has(TaFlags.MultiSession) && existing.SessionCount > 0)
                        return Outcome.Tee(TeeResult.Busy);
                    existing.SessionCount++;
                    return Outcome.Tee(TeeResult.Success);
                }

                if (program is not null)
                {
                    instance = new TaInstance(program) { SessionCount = 1 };
                    _instances.Add(instance);
                    break;
                }
            }

            TeeResult found = store.Find(uuid, out program);
            if (found != TeeResult.Success)
            {
                instance = null!;
                return Outcome.Tee(found);
            }
        }

        return Create(thread, instance);
    }

    private Outcome Create(TeeThread thread, TaInstance instance)
    {
        Outcome outcome = Outcome.Tee(TeeResult.Success);
        var session = new Session(0, instance, default);
        thread.Enter(session);
        try
        {
            instance.Start();
            instance.App.Create();
        }
        catch (TeeException e)
        {
            outcome = new Outcome(e.Result == TeeResult.Success ? TeeResult.Generic : e.Result, TeeOrigin.TrustedApp);
        }
        catch (Exception e) when (e is not ConduitClosedException)
        {
            Panic(instance, e.InnerException ?? e);
            outcome = Outcome.Tee(TeeResult.TargetDead);
        }
        finally
        {
            thread.Leave();
            lock (_lock)
            {
                if (outcome.Result != TeeResult.Success)
                    _instances.Remove(instance);
                if (instance.State == InstanceState.Initializing)
                    instance.State = outcome.Result == TeeResult.Success ? InstanceState.Ready : InstanceState.Gone;
                Monitor.PulseAll(_lock);
            }
        }

        if (outcome.Result != TeeResult.Success)
            CleanUp(instance);
        return outcome;
    }

    /// <summary>Gives up one session's hold on an instance, and ends the instance when it was the last and it need not live on.</summary>
    private void ReleaseInstance(TeeThread thread, TaInstance instance)
    {
        bool destroy;
        lock (_lock)
        {
            instance.SessionCount--;
            TaProgram program = instance.Program;
            bool keepAlive = program.Has(TaFlags.SingleInstance | TaFlags.InstanceKeepAlive);
            bool keepCrashed = keepAlive && program.Has(TaFlags.InstanceKeepCrashed);
            bool stays = keepAlive && (!instance.IsPanicked || keepCrashed);
            destroy = instance.SessionCount == 0 && !stays && instance.State != InstanceState.Gone;
            if (destroy)
                _instances.Remove(instance);
        }

        if (destroy)
            Destroy(thread, instance);
    }

    private void Destroy(TeeThread thread, TaInstance instance)
    {
        if (!instance.IsPanicked)
        {
            thread.Enter(new Session(0, instance, default));
            try
            {
                instance.App.Destroy();
            }
            catch (Exception e) when (e is not ConduitClosedException)
            {
                Log.Warning("TA {Uuid} failed in Destroy with {Exception}", instance.Program.Uuid, e.GetType().Name);
            }
            finally
            {
                thread.Leave();
            }
        }

        CleanUp(instance);
        lock (_lock)
            instance.State = instance.IsPanicked ? InstanceState.Panicked : InstanceState.Gone;
    }

    private void CleanUp(TaInstance instance)
    {
        uint[] forgotten;
        lock (_lock)
            forgotten = [.. instance.Clients.All.Select(session => session.Id)];
        foreach (uint id in forgotten)
            CloseSession(instance.Clients, id);
        instance.ReleaseMemory();
    }

    private Session? AddSession(SessionTable table, TaInstance instance, TeeIdentity client)
    {
        lock (_lock)
        {
            if (table.IsFull)
                return null;
            var session = new Session(table.NewId(), instance, client) { InUse = true };
            table.Add(session);
            return session;
        }
    }

    /// <summary>Finds a session and waits until no other thread is in it; null when it is not there (any more), or is about to go.</summary>
    private Session? EnterSession(SessionTable table, uint id, bool toClose = false)
    {
        lock (_lock)
        {
            Session? session;
            if (toClose)
                table.Find(id)?.BeginClosing();
            while ((session = table.Find(id)) is { InUse: true })
                Monitor.Wait(_lock);
            if (session is null || (session.IsClosing && !toClose))
                return null;
            session.InUse = true;
            return session;
        }
    }

    private void LeaveSession(Session session)
    {
        lock (_lock)
        {
            session.InUse = false;
            Monitor.PulseAll(_lock);
        }
    }

    private void RemoveSession(SessionTable table, Session session)
    {
        lock (_lock)
        {
            table.Remove(session);
            session.InUse = false;
            Monitor.PulseAll(_lock);
        }
    }

    private bool TryTakeTurn(TeeThread thread, TaInstance instance, int nestedTimeout = 0)
    {
        if (instance.Program.Has(TaFlags.Concurrent))
            return true;
        lock (_lock)
        {
            while (instance.Busy)
            {
                if (!thread.HoldsSingleInstance)
                    Monitor.Wait(_lock);
                else if (nestedTimeout == 0 || !Monitor.Wait(_lock, nestedTimeout))
                    return false;
            }

            instance.Busy = true;
            return true;
        }
    }

    private void GiveTurn(TaInstance instance)
    {
        if (instance.Program.Has(TaFlags.Concurrent))
            return;
        lock (_lock)
        {
            instance.Busy = false;
            Monitor.PulseAll(_lock);
        }
    }
}
