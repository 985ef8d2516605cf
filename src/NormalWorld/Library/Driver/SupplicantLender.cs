using RestrictedTee.NormalWorld.Shm;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Abi;

namespace RestrictedTee.NormalWorld.Driver;

/// <summary>
/// Memory of requests, from a supplicant that is a program: it knows its own memory only, by its own ids (cmd_alloc_suppl and
/// cmd_free_suppl upstream).
/// </summary>
internal static class SupplicantLender
{
    /// <summary>Has the supplicant allocate.</summary>
    /// <param name="supplicant">It.</param>
    /// <param name="abi">Tells the TEE where the memory lies.</param>
    /// <param name="param">What the TEE asked for; on success where it is.</param>
    /// <param name="lent">The memory.</param>
    /// <exception cref="TeeDriverException">ENOMEM, ENODEV: the TEE cannot be told of it.</exception>
    internal static TeecResult Borrow(SupplicantQueue supplicant, IOpteeAbi abi, ref OpteeMsgParam param, out RpcMemory? lent)
    {
        lent = null;
        ulong size = param.B;
        var message = default(OpteeMessage);
        message.Arg.Command = (uint)OpteeRpcCommand.ShmAlloc;
        message.Arg.ParameterCount = 1;
        message.Params[0] = new OpteeMsgParam { Attr = (ulong)OpteeMsgAttr.ValueInOut, A = OpteeRpc.ShmTypeAppl, B = size, C = param.C };
        if (supplicant.Request(ref message, _ => null) != TeecResult.Success
            || supplicant.Attached is not { } from || from.FindMemory(message.Params[0].C) is not { } memory)
        {
            return TeecResult.OutOfMemory;
        }

        try
        {
            if ((ulong)memory.Block.Size < size)
                return TeecResult.OutOfMemory;
            param = abi.AnswerLoan(memory.Block.Range, size, out ShmBlock? pageList);
            lent = new RpcMemory(memory.Block, new SupplicantLoan(from, memory, pageList));
            return TeecResult.Success;
        }
        finally
        {
            if (lent is null)
                memory.Release();
        }
    }

    /// <summary>
    /// Tells the supplicant that its memory is not used any more. One that has gone is told nothing, and its successor knows nothing of
    /// the memory; upstream's driver asks that one, and waits for it.
    /// </summary>
    internal static void GiveBack(SupplicantQueue supplicant, SupplicantLoan loan)
    {
        var message = default(OpteeMessage);
        message.Arg.Command = (uint)OpteeRpcCommand.ShmFree;
        message.Arg.ParameterCount = 1;
        message.Params[0] = new OpteeMsgParam { Attr = (ulong)OpteeMsgAttr.ValueInOut, A = OpteeRpc.ShmTypeAppl, B = (ulong)loan.Memory.Id };
        supplicant.Request(ref message, _ => null, only: loan.From);
    }
}
