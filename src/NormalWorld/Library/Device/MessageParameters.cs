using System.Runtime.CompilerServices;
using RestrictedTee.NormalWorld.Driver;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Abi;

namespace RestrictedTee.NormalWorld.Device;

/// <summary>Parameters on their way from an ioctl into a message and back.</summary>
internal static class MessageParameters
{
    /// <summary>Turns ioctl parameters into message parameters, checking each memref against its memory (params_from_user upstream).</summary>
    /// <exception cref="TeeDriverException">EINVAL.</exception>
    internal static void ToMessage(IOpteeAbi abi, ShmTable shared, ReadOnlySpan<TeeIoctlParam> parameters, ref OpteeMessage message, int first, ref ShmReferences references)
    {
        if (parameters.Length > ShmReferences.Capacity)
            throw new TeeDriverException(Errno.EINVAL, $"{parameters.Length} parameters; a TA takes {ShmReferences.Capacity}.");
        message.Arg.ParameterCount = (uint)(first + parameters.Length);
        for (int i = 0; i < parameters.Length; i++)
        {
            TeeIoctlParam param = parameters[i];
            if (param.Attr > 7 || param.Attr == 4)
                throw new TeeDriverException(Errno.EINVAL, $"Parameter {i} has attributes 0x{param.Attr:x}.");
            ref OpteeMsgParam target = ref message.Params[first + i];
            if (!param.IsMemref)
            {
                target = new OpteeMsgParam { Attr = param.Attr, A = param.A, B = param.B, C = param.C };
            }
            else if (param.C == TeeIoctl.MemrefNull)
            {
                target = abi.NullMemref(param.Attr);
                target.B = param.B; // a size without memory is the TEE's to refuse, as upstream's driver leaves it
            }
            else
            {
                TeeShm shm = shared.Find(param.C);
                references[i] = shm;
                if (param.B > shm.Size || param.A > shm.Size - param.B)
                    throw new TeeDriverException(Errno.EINVAL, $"Parameter {i} refers to {param.B} bytes at offset {param.A} of memory of {shm.Size}.");
                shm.SyncForTee(param.A, param.B);
                target = new OpteeMsgParam { Attr = param.Attr, A = param.A + shm.Offset, B = param.B, C = shm.Cookie };
            }
        }
    }

    /// <summary>Brings the results back, or says that the call did not reach the TEE.</summary>
    internal static void Finish(bool reached, ref OpteeMessage message, Span<TeeIoctlParam> parameters, int first, ref ShmReferences references)
    {
        if (!reached)
        {
            message.Arg.Result = (uint)TeecResult.Communication;
            message.Arg.ResultOrigin = (uint)TeecOrigin.Comms;
            return;
        }

        // Registered memory of a client that has not been written to is not written back: other threads of the client may have it.
        bool mayHaveRun = TeecOutcome.MayHaveRun((TeecResult)message.Arg.Result, (TeecOrigin)message.Arg.ResultOrigin);
        for (int i = 0; i < parameters.Length; i++)
        {
            ref TeeIoctlParam param = ref parameters[i];
            OpteeMsgParam result = message.Params[first + i];
            switch (param.Type)
            {
                case 2 or 3: // values out
                    (param.A, param.B, param.C) = (result.A, result.B, result.C);
                    break;
                case 6 or 7: // memrefs out: the size alone goes back
                    if (mayHaveRun)
                        references[i]?.SyncForClient(param.A, Math.Min(param.B, result.B));
                    param.B = result.B;
                    break;
            }
        }
    }
}

/// <summary>The memory that one call refers to.</summary>
[InlineArray(Capacity)]
internal struct ShmReferences
{
    internal const int Capacity = 4;

    private TeeShm? _first;

    internal void Release()
    {
        foreach (TeeShm? shm in (Span<TeeShm?>)this)
            shm?.Release();
    }
}
