using System.Text;
using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Kernel.Calls;
using RestrictedTee.SecureWorld.Kernel.Sessions;
using Serilog;
using Serilog.Events;

namespace RestrictedTee.SecureWorld.Kernel.SystemCalls;

/// <summary>Traces, panics (GPD_SPE_010 section 4.8), cancellation (section 4.10) and waiting (chapter 7).</summary>
internal sealed class CoreCalls(SessionManager sessions)
{
    /// <summary>Bytes of a trace; what is longer is cut.</summary>
    private const int MaxTrace = 4096;

    internal static TeeResult Log(CallFrame caller, ref SystemCallFrame frame)
    {
        ReadOnlySpan<byte> text = frame.Input(0);
        LogEventLevel severity = frame.UInt32(2) switch
        {
            (uint)TraceLevel.Error => LogEventLevel.Warning,
            (uint)TraceLevel.Info => LogEventLevel.Information,
            _ => LogEventLevel.Debug,
        };
        if (Serilog.Log.IsEnabled(severity))
            Serilog.Log.Write(severity, "TA {Uuid}: {Message}", caller.Session!.Instance.Manifest.Uuid, LogWords.Of(Encoding.UTF8.GetString(text[..Math.Min(text.Length, MaxTrace)])));
        return TeeResult.Success;
    }

    internal TeeResult Panic(CallFrame caller, ref SystemCallFrame frame)
    {
        sessions.Instances.MarkPanicked(caller.Session!.Instance);
        return TeeResult.TargetDead;
    }

    internal static TeeResult GetCancellationFlag(CallFrame caller, ref SystemCallFrame frame) => Tell(ref frame, caller.Operation!.IsCancelled);

    internal static TeeResult UnmaskCancellation(CallFrame caller, ref SystemCallFrame frame) => Tell(ref frame, caller.Operation!.Mask(mask: false));

    internal static TeeResult MaskCancellation(CallFrame caller, ref SystemCallFrame frame) => Tell(ref frame, caller.Operation!.Mask(mask: true));

    internal static TeeResult Wait(CallFrame caller, ref SystemCallFrame frame) => caller.Operation!.Wait(frame.UInt32(0));

    private static TeeResult Tell(ref SystemCallFrame frame, bool value)
    {
        frame[0] = value ? 1u : 0;
        return TeeResult.Success;
    }
}
