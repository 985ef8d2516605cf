using System.Collections.Concurrent;
using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Kernel.Calls;
using RestrictedTee.SecureWorld.Kernel.Instances;
using RestrictedTee.SecureWorld.Kernel.Threads;
using Serilog;
using Serilog.Events;

namespace RestrictedTee.SecureWorld.Kernel.ManagedRuntime;

/// <summary>An instance that runs in the secure world's process: one object of the TA's class, called on the TEE's own thread.</summary>
/// <param name="manifest">What it says of itself. A pseudo TA is part of the core: the thread need not be looked after when it comes back.</param>
/// <param name="create">Makes the object.</param>
/// <param name="commands">The commands of its class.</param>
/// <param name="libraries">How the instance loads more of its code, which goes with the object; null where it does not.</param>
internal sealed class ManagedTa(TaManifest manifest, Func<TrustedApp> create, CommandTable commands, Func<ITaLibraries>? libraries = null) : ITaRuntime
{
    private readonly ConcurrentDictionary<ulong, TaSession> _sessions = new(); // concurrent, as a pseudo TA may be
    private TrustedApp? _app;
    private InstanceCommands? _commands;

    public TaReturn Create()
    {
        try
        {
            _app = create();
            _app.Libraries = libraries?.Invoke();
            _commands = new InstanceCommands(commands, _app);
            _app.Create();
            return default;
        }
        catch (Exception e) when (e is not ConduitClosedException)
        {
            TaReturn refusal = TaFault.Translate(manifest.Uuid, e.InnerException is not null && e is System.Reflection.TargetInvocationException ? e.InnerException : e);
            return refusal.Death is null && DisposeLibraries() is { Death: not null } died ? died : refusal;
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
            result = Dispose(view.Context) is { Death: not null } died ? died : result;
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
            if (TaFault.Translate(manifest.Uuid, e) is { Death: not null } died)
                return died;
        }
        finally
        {
            TakeThreadBack();
        }

        return Dispose(view.Context);
    }

    public TaReturn Destroy()
    {
        try
        {
            _app!.Destroy();
        }
        catch (Exception e) when (e is not ConduitClosedException)
        {
            if (TaFault.Translate(manifest.Uuid, e) is { Death: not null } died)
                return died;
        }
        finally
        {
            TakeThreadBack();
        }

        return DisposeLibraries();
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
            TeeResult result = command is { } id ? bound.Invoke(view, id, parameters.Types, slots) : bound.OpenSession(view, parameters.Types, slots);
            if (result == TeeResult.BadParameters && Log.IsEnabled(LogEventLevel.Information))
                TellShape(command, parameters.Types);
            return new TaReturn(result);
        }
        catch (Exception e) when (e is not ConduitClosedException)
        {
            return TaFault.Translate(manifest.Uuid, e);
        }
        finally
        {
            SlotBinding.TakeResults(slots, parameters);
            TakeThreadBack();
        }
    }

    /// <summary>Says what a call should have looked like that found no method to run; the TA's own BAD_PARAMETERS say nothing here.</summary>
    private void TellShape(uint? command, ParameterTypes given)
    {
        string? expected = command is { } id ? commands.ShapesOf(id, given) : commands.ShapesOfOpenSession(given);
        if (expected is null)
            return;
        string what = command is { } number ? $"command {number}" : "the opening of a session";
        Log.Information("TA {Uuid}: {What} was given ({Given}) and expects {Expected}", manifest.Uuid, what, given, expected);
    }

    private void TakeThreadBack()
    {
        if (!manifest.IsPseudo)
            LentThread.TakeBack();
    }

    /// <summary>What refuses keeps nothing else; whoever dies is the last.</summary>
    private TaReturn DisposeLibraries()
    {
        foreach (IDisposable opened in _app?.Libraries?.ToDispose ?? [])
        {
            if (Dispose(opened) is { Death: not null } died)
                return died;
        }

        return default;
    }

    /// <summary>The context that a TA made disposable goes with its session, also with one that did not open; and so does what it has opened with its instance.</summary>
    private TaReturn Dispose(object? what)
    {
        try
        {
            (what as IDisposable)?.Dispose();
            return default;
        }
        catch (Exception e) when (e is not ConduitClosedException)
        {
            return TaFault.Translate(manifest.Uuid, e);
        }
        finally
        {
            TakeThreadBack();
        }
    }
}
