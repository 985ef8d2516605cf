using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Crypto;
using RestrictedTee.SecureWorld.Kernel.Objects;
using RestrictedTee.SecureWorld.Kernel.Sessions;

namespace RestrictedTee.SecureWorld.Kernel.SystemCalls;

/// <summary>Authenticated encryption (GPD_SPE_010 section 6.6; syscall_authenc_* in core/tee/tee_svc_cryp.c upstream).</summary>
internal static class AuthencCalls
{
    internal static TeeResult Init(CallFrame caller, ref SystemCallFrame frame) =>
        caller.Objects.TryFind(frame.UInt32(0), out AeState? state)
            ? state.Init(frame.Input(1), new AeSizes(frame.Size(3), frame.Size(4), frame.Size(5)))
            : TeeResult.BadParameters;

    internal static TeeResult UpdateAad(CallFrame caller, ref SystemCallFrame frame) =>
        caller.Objects.TryFind(frame.UInt32(0), out AeState? state) ? state.UpdateAad(frame.Input(1)) : TeeResult.BadParameters;

    internal static TeeResult UpdatePayload(CallFrame caller, ref SystemCallFrame frame)
    {
        if (!caller.Objects.TryFind(frame.UInt32(0), out AeState? state))
            return TeeResult.BadParameters;
        TeeResult result = state.Update(frame.Input(1), frame.Output(3), out int size);
        return frame.Written(3, result, size);
    }

    internal static TeeResult EncryptFinal(CallFrame caller, ref SystemCallFrame frame)
    {
        if (!caller.Objects.TryFind(frame.UInt32(0), out AeState? state))
            return TeeResult.BadParameters;
        TeeResult result = state.EncryptFinal(frame.Input(1), frame.Output(3), out int size, frame.Output(5), out int tagSize);
        frame.Written(3, result, size);
        return frame.Written(5, result, tagSize);
    }

    internal static TeeResult DecryptFinal(CallFrame caller, ref SystemCallFrame frame)
    {
        if (!caller.Objects.TryFind(frame.UInt32(0), out AeState? state))
            return TeeResult.BadParameters;
        TeeResult result = state.DecryptFinal(frame.Input(1), frame.Output(3), out int size, frame.Input(5));
        return frame.Written(3, result, size);
    }
}
