using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Firewall;
using RestrictedTee.SecureWorld.Kernel.Calls;
using RestrictedTee.SecureWorld.Kernel.Sessions;

namespace RestrictedTee.SecureWorld.Kernel.SystemCalls;

/// <summary>Who may have what a trusted application writes to restricted memory.</summary>
internal sealed class RestrictedCalls(FirewallRules firewall)
{
    private const int MaxConsumers = 64; // as many bus masters as a board may have

    internal TeeResult Claim(CallFrame caller, ref SystemCallFrame frame)
    {
        ReadOnlySpan<byte> readers = frame.Input(1);
        return readers.Length % Unsafe.SizeOf<Guid>() == 0 && readers.Length <= MaxConsumers * Unsafe.SizeOf<Guid>() && Buffer(caller, frame.UInt32(0)) is { } buffer
            ? Answer(firewall.TryClaim(caller.Session!.Instance.Manifest.Master, caller.Session.Instance.Number, buffer, MemoryMarshal.Cast<byte, Guid>(readers)))
            : TeeResult.BadParameters;
    }

    internal TeeResult Label(CallFrame caller, ref SystemCallFrame frame)
    {
        string text = Encoding.UTF8.GetString(frame.Input(1));
        string[] consumers = text.Length == 0 ? [] : text.Split('\0', MaxConsumers + 1);
        if (consumers.Length > MaxConsumers)
            return TeeResult.BadParameters;
        var ids = new MasterId[consumers.Length];
        for (int i = 0; i < consumers.Length; i++)
        {
            ids[i] = Guid.TryParseExact(consumers[i], "D", out Guid uuid) ? MasterId.TrustedApp(uuid) : MasterId.Device(consumers[i]);
            if (ids[i].Kind == BusMasterKind.Device && firewall.Static.Find(ids[i]) is null)
                return TeeResult.ItemNotFound;
        }

        return Buffer(caller, frame.UInt32(0)) is { } buffer
            ? Answer(firewall.TryLabel(caller.Session!.Instance.Manifest.Master, caller.Session.Instance.Number, buffer, ids))
            : TeeResult.BadParameters;
    }

    /// <summary>The buffer that a parameter of the current call refers to. Only who has been let at the bytes can take them: a reference to none of them has no grant.</summary>
    private static GuardedMemory? Buffer(CallFrame caller, uint parameter)
    {
        if (parameter >= ParameterTypes.Count)
            return null;
        ref CallParameters.Parameter claimed = ref caller.Parameters[(int)parameter];
        return claimed.Grant.IsLive ? claimed.Memory as GuardedMemory : null;
    }

    private static TeeResult Answer(ClaimOutcome outcome) => outcome switch
    {
        ClaimOutcome.Claimed => TeeResult.Success,
        ClaimOutcome.InUse => TeeResult.Busy,
        _ => TeeResult.AccessDenied,
    };
}
