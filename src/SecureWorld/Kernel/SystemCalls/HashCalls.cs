using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Kernel.Objects;
using RestrictedTee.SecureWorld.Kernel.Sessions;

namespace RestrictedTee.SecureWorld.Kernel.SystemCalls;

/// <summary>Digests and MACs (GPD_SPE_010 sections 6.3 and 6.5; syscall_hash_* in core/tee/tee_svc_cryp.c upstream).</summary>
internal static class HashCalls
{
    internal static TeeResult Init(CallFrame caller, ref SystemCallFrame frame) =>
        caller.Objects.TryFind(frame.UInt32(0), out HashState? state) ? state.Init() : TeeResult.BadParameters;

    internal static TeeResult Update(CallFrame caller, ref SystemCallFrame frame) =>
        caller.Objects.TryFind(frame.UInt32(0), out HashState? state) ? state.Update(frame.Input(1)) : TeeResult.BadParameters;

    internal static TeeResult Final(CallFrame caller, ref SystemCallFrame frame)
    {
        if (!caller.Objects.TryFind(frame.UInt32(0), out HashState? state))
            return TeeResult.BadParameters;
        TeeResult result = state.Final(frame.Input(1), frame.Output(3), out int size);
        return frame.Written(3, result, size);
    }

    internal static TeeResult Extract(CallFrame caller, ref SystemCallFrame frame)
    {
        if (!caller.Objects.TryFind(frame.UInt32(0), out HashState? state))
            return TeeResult.BadParameters;
        TeeResult result = state.Extract(frame.Output(1), out int size);
        return frame.Written(1, result, size);
    }
}
