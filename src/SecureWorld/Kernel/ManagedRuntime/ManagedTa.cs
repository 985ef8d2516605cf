using System.Collections.Concurrent;
using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Kernel.Calls;
using RestrictedTee.SecureWorld.Kernel.Instances;
using RestrictedTee.SecureWorld.Kernel.Threads;

namespace RestrictedTee.SecureWorld.Kernel.ManagedRuntime;

/// <summary>An instance that runs in the secure world's process: one object of the TA's class, called on the TEE's own thread.</summary>
/// <param name="create">Makes the object.</param>
/// <param name="commands">The commands of its class.</param>
/// <param name="isTrusted">It is a pseudo TA, part of the core: the thread need not be looked after when it comes back.</param>
internal sealed class ManagedTa(Func<TrustedApp> create, CommandTable commands, bool isTrusted) : ITaRuntime
{
    private readonly ConcurrentDictionary<ulong, TaSession> _sessions = new(); // concurrent, as a pseudo TA may be
    private TrustedApp? _app;
    private InstanceCommands? _commands;

    public TaReturn Create()
    {
        try
        {
            _app = create();
            _commands = new InstanceCommands(commands, _app);
            _app.Create();
            return default;
        }
        catch (Exception e) when (e is not ConduitClosedException)
        {
            return TaFault.Translate(e.InnerException is not null && e is System.Reflection.TargetInvocationException ? e.InnerException : e);
        }
        finally
        {
            TakeThreadBack();
        }
    }

    public TaReturn OpenSession(ulong session, CallParameters parameters)
    {
        var view = new TaSession();
        _sessions[session] = view;
        TaReturn result = Call(view, parameters, command: null);
        if (result is not { Result: TeeResult.Success, Death: null } && _sessions.TryRemove(session, out _) && result.Death is null)
            result = Dispose(view) is { Death: not null } died ? died : result;
        return result;
    }

    public TaReturn Invoke(ulong session, uint command, CallParameters parameters) =>
        _sessions.TryGetValue(session, out TaSession? view) ? Call(view, parameters, command) : TaReturn.Died("was ended before the call reached it");

    public TaReturn CloseSession(ulong session)
    {
        if (!_sessions.TryRemove(session, out TaSession? view))
            return default;
        try
        {
            _app!.CloseSession(view);
        }
        catch (Exception e) when (e is not ConduitClosedException)
        {
            if (TaFault.Translate(e) is { Death: not null } died)
                return died;
        }
        finally
        {
            TakeThreadBack();
        }

        return Dispose(view);
    }

    public TaReturn Destroy()
    {
        try
        {
            _app!.Destroy();
            return default;
        }
        catch (Exception e) when (e is not ConduitClosedException)
        {
            return TaFault.Translate(e);
        }
        finally
        {
            TakeThreadBack();
        }
    }

    public void Kill()
    {
        _sessions.Clear();
        (_app, _commands) = (null, null);
    }

    private TaReturn Call(TaSession view, CallParameters parameters, uint? command)
    {
        Span<ParameterSlot> slots = stackalloc ParameterSlot[ParameterTypes.Count];
        SlotBinding.Fill(slots, parameters);
        try
        {
            InstanceCommands bound = _commands!;
            return new TaReturn(command is { } id ? bound.Invoke(view, id, parameters.Types, slots) : bound.OpenSession(view, parameters.Types, slots));
        }
        catch (Exception e) when (e is not ConduitClosedException)
        {
            return TaFault.Translate(e);
        }
        finally
        {
            SlotBinding.TakeResults(slots, parameters);
            TakeThreadBack();
        }
    }

    private void TakeThreadBack()
    {
        if (!isTrusted)
            LentThread.TakeBack();
    }

    /// <summary>The context that a TA made disposable goes with its session, also with one that did not open.</summary>
    private TaReturn Dispose(TaSession view)
    {
        try
        {
            (view.Context as IDisposable)?.Dispose();
            return default;
        }
        catch (Exception e) when (e is not ConduitClosedException)
        {
            return TaFault.Translate(e);
        }
        finally
        {
            TakeThreadBack();
        }
    }
}
