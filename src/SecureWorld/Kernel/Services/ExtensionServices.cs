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
    TeeResult IExtensionServices.ClaimRestricted(int parameter, ReadOnlySpan<Guid> readers)
    {
        var ids = new MasterId[readers.Length];
        for (int i = 0; i < readers.Length; i++)
            ids[i] = MasterId.TrustedApp(readers[i]);
        return Claim(parameter, ids);
    }

    TeeResult IExtensionServices.LabelRestricted(int parameter, ReadOnlySpan<string> consumers)
    {
        var ids = new MasterId[consumers.Length];
        for (int i = 0; i < consumers.Length; i++)
        {
            ids[i] = Guid.TryParseExact(consumers[i], "D", out Guid uuid) ? MasterId.TrustedApp(uuid) : MasterId.Device(consumers[i]);
            if (ids[i].Kind == BusMasterKind.Device && firewall.Static.Find(ids[i]) is null)
                return TeeResult.ItemNotFound;
        }

        return Claim(parameter, ids);
    }

    private TeeResult Claim(int parameter, MasterId[] readers)
    {
        CallFrame caller = CallStack.Current.Top;
        ref CallParameters.Parameter claimed = ref caller.Parameters[parameter];
        // Only who has been let at the bytes can take them: a reference to none of them has no grant.
        if (!claimed.Grant.IsLive || claimed.Memory is not GuardedMemory buffer)
            return TeeResult.BadParameters;
        TaInstance claimer = caller.Session!.Instance;
        return firewall.TryClaim(claimer.Manifest.Master, claimer.Number, buffer, readers) switch
        {
            ClaimOutcome.Claimed => TeeResult.Success,
            ClaimOutcome.InUse => TeeResult.Busy,
            _ => TeeResult.AccessDenied,
        };
    }

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
