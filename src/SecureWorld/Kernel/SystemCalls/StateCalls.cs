using System.Security.Cryptography;
using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Crypto.Algorithms;
using RestrictedTee.SecureWorld.Kernel.Objects;
using RestrictedTee.SecureWorld.Kernel.Sessions;
using RestrictedTee.SecureWorld.ProtectedMemory;

namespace RestrictedTee.SecureWorld.Kernel.SystemCalls;

/// <summary>Operations of every kind (GPD_SPE_010 section 6.2; syscall_cryp_state_* in core/tee/tee_svc_cryp.c upstream), and random numbers.</summary>
internal sealed class StateCalls(SecureRam ram)
{
    internal TeeResult Allocate(CallFrame caller, ref SystemCallFrame frame)
    {
        InstanceResources resources = caller.Session!.Instance.Resources;
        TeeResult result = new OperationFactory(resources, ram).Create(
            (TeeAlgorithm)frame.UInt32(0), (OperationMode)frame.UInt32(1), frame.UInt32(2), frame.UInt32(3), out CryptoState? state);
        if (state is null)
            return result;
        frame[4] = resources.Objects.Add(state);
        if (frame[4] != 0)
            return TeeResult.Success;
        End(resources.Objects, state);
        return TeeResult.OutOfMemory;
    }

    internal static TeeResult Copy(CallFrame caller, ref SystemCallFrame frame)
    {
        HandleTable objects = caller.Objects;
        return objects.TryFind(frame.UInt32(0), out CryptoState? to) && objects.TryFind(frame.UInt32(1), out CryptoState? from) && to.Algorithm == from.Algorithm && to.Mode == from.Mode
            ? to.CopyFrom(from)
            : TeeResult.BadParameters;
    }

    internal static TeeResult Free(CallFrame caller, ref SystemCallFrame frame)
    {
        HandleTable objects = caller.Objects;
        if (!objects.TryFind(frame.UInt32(0), out CryptoState? state))
            return TeeResult.BadParameters;
        objects.Remove(frame.UInt32(0));
        End(objects, state);
        return TeeResult.Success;
    }

    internal static TeeResult IsSupported(CallFrame caller, ref SystemCallFrame frame)
    {
        var curve = (EccCurve)frame.UInt32(1);
        bool isThere = AlgorithmTable.Find((TeeAlgorithm)frame.UInt32(0)) is { HasProvider: true } row
            && (row.Curves.Count == 0 ? curve == EccCurve.None : row.Curves.Contains(curve));
        return isThere ? TeeResult.Success : TeeResult.NotSupported;
    }

    internal static TeeResult GenerateRandom(CallFrame caller, ref SystemCallFrame frame)
    {
        RandomNumberGenerator.Fill(frame.Output(0));
        return TeeResult.Success;
    }

    /// <summary>Ends an operation whose handle has gone, and that of its key.</summary>
    private static void End(HandleTable objects, CryptoState state)
    {
        objects.Remove(state.KeyHandle);
        objects.Remove(state.Key2Handle);
        state.Dispose();
    }
}
