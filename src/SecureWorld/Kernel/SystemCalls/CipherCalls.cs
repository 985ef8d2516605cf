using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Kernel.Objects;
using RestrictedTee.SecureWorld.Kernel.Sessions;

namespace RestrictedTee.SecureWorld.Kernel.SystemCalls;

/// <summary>Symmetric ciphers (GPD_SPE_010 section 6.4; syscall_cipher_* in core/tee/tee_svc_cryp.c upstream).</summary>
internal static class CipherCalls
{
    internal static TeeResult Init(CallFrame caller, ref SystemCallFrame frame) =>
        caller.Objects.TryFind(frame.UInt32(0), out CipherState? state) ? state.Init(frame.Input(1)) : TeeResult.BadParameters;

    internal static TeeResult Update(CallFrame caller, ref SystemCallFrame frame) => Cipher(caller, ref frame, isLast: false);

    internal static TeeResult Final(CallFrame caller, ref SystemCallFrame frame) => Cipher(caller, ref frame, isLast: true);

    private static TeeResult Cipher(CallFrame caller, ref SystemCallFrame frame, bool isLast)
    {
        if (!caller.Objects.TryFind(frame.UInt32(0), out CipherState? state))
            return TeeResult.BadParameters;
        TeeResult result = state.Update(frame.Input(1), frame.Output(3), isLast, out int size);
        return frame.Written(3, result, size);
    }
}
