using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Firewall;
using RestrictedTee.SecureWorld.Kernel.Calls;
using RestrictedTee.SecureWorld.Kernel.Sessions;
using Serilog;
using Serilog.Events;

namespace RestrictedTee.SecureWorld.Kernel.Services;

/// <summary>Claims of restricted memory, and traces.</summary>
internal sealed class ExtensionServices(FirewallRules firewall) : IExtensionServices
{
    TeeResult IExtensionServices.ClaimRestricted(int parameter, ReadOnlySpan<Guid> readers) =>
        Buffer(parameter, out TaInstance claimer) is { } buffer
            ? Answer(firewall.TryClaim(claimer.Manifest.Master, claimer.Number, buffer, readers))
            : TeeResult.BadParameters;

    TeeResult IExtensionServices.LabelRestricted(int parameter, ReadOnlySpan<string> consumers)
    {
        var ids = new MasterId[consumers.Length];
        for (int i = 0; i < consumers.Length; i++)
        {
            ids[i] = Guid.TryParseExact(consumers[i], "D", out Guid uuid) ? MasterId.TrustedApp(uuid) : MasterId.Device(consumers[i]);
            if (ids[i].Kind == BusMasterKind.Device && firewall.Static.Find(ids[i]) is null)
                return TeeResult.ItemNotFound;
        }

        return Buffer(parameter, out TaInstance claimer) is { } buffer
            ? Answer(firewall.TryLabel(claimer.Manifest.Master, claimer.Number, buffer, ids))
            : TeeResult.BadParameters;
    }

    /// <summary>The buffer that a parameter of the current call refers to. Only who has been let at the bytes can take them: a reference to none of them has no grant.</summary>
    private static GuardedMemory? Buffer(int parameter, out TaInstance claimer)
    {
        CallFrame caller = CallStack.Current.Top;
        claimer = caller.Session!.Instance;
        ref CallParameters.Parameter claimed = ref caller.Parameters[parameter];
        return claimed.Grant.IsLive ? claimed.Memory as GuardedMemory : null;
    }

    private static TeeResult Answer(ClaimOutcome outcome) => outcome switch
    {
        ClaimOutcome.Claimed => TeeResult.Success,
        ClaimOutcome.InUse => TeeResult.Busy,
        _ => TeeResult.AccessDenied,
    };

    void IExtensionServices.Trace(TraceLevel level, string message)
    {
        LogEventLevel severity = level switch
        {
            TraceLevel.Error => LogEventLevel.Warning,
            TraceLevel.Info => LogEventLevel.Information,
            _ => LogEventLevel.Debug,
        };
        Log.Write(severity, "TA {Uuid}: {Message}", CallStack.Current.Top.Session!.Instance.Manifest.Uuid, LogWords.Of(message));
    }
}
