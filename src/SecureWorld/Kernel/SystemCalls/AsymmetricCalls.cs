using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Kernel.Objects;
using RestrictedTee.SecureWorld.Kernel.Sessions;

namespace RestrictedTee.SecureWorld.Kernel.SystemCalls;

/// <summary>
/// Signatures, encryption with pairs of keys, and derivation (GPD_SPE_010 sections 6.7 and 6.8; syscall_asymm_* and syscall_cryp_derive_key in
/// core/tee/tee_svc_cryp.c upstream).
/// </summary>
internal static class AsymmetricCalls
{
    internal static TeeResult Operate(CallFrame caller, ref SystemCallFrame frame)
    {
        ReadOnlySpan<byte> parameters = frame.Input(1);
        if (!AttributeReader.IsWhole(parameters))
            return TeeResult.BadParameters;
        TeeResult result = TeeResult.BadParameters;
        int size = 0;
        if (caller.Objects.TryFind(frame.UInt32(0), out SignatureState? signature))
            result = signature.Sign(new AttributeReader(parameters), frame.Input(3), frame.Output(5), out size);
        else if (caller.Objects.TryFind(frame.UInt32(0), out AsymmetricCipherState? cipher))
            result = cipher.Operate(new AttributeReader(parameters), frame.Input(3), frame.Output(5), out size);
        return frame.Written(5, result, size);
    }

    internal static TeeResult Verify(CallFrame caller, ref SystemCallFrame frame)
    {
        ReadOnlySpan<byte> parameters = frame.Input(1);
        return AttributeReader.IsWhole(parameters) && caller.Objects.TryFind(frame.UInt32(0), out SignatureState? state)
            ? state.Verify(new AttributeReader(parameters), frame.Input(3), frame.Input(5))
            : TeeResult.BadParameters;
    }

    /// <summary>The parameters are memory to be written: of SM2's key exchange, one is an answer.</summary>
    internal static TeeResult DeriveKey(CallFrame caller, ref SystemCallFrame frame)
    {
        HandleTable objects = caller.Objects;
        ReadOnlySpan<byte> parameters = frame.Output(1);
        return AttributeReader.IsWhole(parameters) && objects.TryFind(frame.UInt32(0), out DerivationState? state) && objects.TryFind(frame.UInt32(3), out KeyObject? derived) && derived.Owner is null
            ? state.Derive(parameters, derived)
            : TeeResult.BadParameters;
    }
}
