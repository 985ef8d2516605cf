using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Kernel.Memory;
using RestrictedTee.SecureWorld.Kernel.Messages;
using RestrictedTee.SmcTransport.Abi;

namespace RestrictedTee.SecureWorld.Kernel.Threads;

/// <summary>
/// Requests of the secure world to the normal world, made by a thread in the middle of a yielding call. What comes back is
/// the normal world's word and is checked as such.
/// </summary>
internal sealed class RpcClient(RpcBorder border)
{
    private const ulong MaxAnswer = 64UL << 20;

    /// <summary>REE time.</summary>
    internal TeeTime GetTime()
    {
        var message = default(OpteeMessage);
        message.Arg.ParameterCount = 1;
        message.Params[0].Attr = (ulong)OpteeMsgAttr.ValueOutput;
        TeeResult result = Call(OpteeRpcCommand.GetTime, ref message);
        if (result != TeeResult.Success)
            throw new TeeException(result, TeeOrigin.Tee);
        return new TeeTime(unchecked((uint)message.Params[0].A), unchecked((uint)(message.Params[0].B / 1_000_000)));
    }

    /// <summary>The image of a TA, in private memory.</summary>
    internal TeeResult LoadTa(Guid uuid, out byte[] image)
    {
        image = [];
        var message = default(OpteeMessage);
        PrepareLoad(ref message, uuid, border.NullMemref);
        TeeResult result = Call(OpteeRpcCommand.LoadTa, ref message);
        ulong size = message.Params[1].B;
        if (result is not (TeeResult.Success or TeeResult.ShortBuffer))
            return result;
        if (size is 0 or > MaxAnswer)
            return TeeResult.BadFormat;

        if (AllocateShm(size, out ulong cookie, out ulong offset) is not { } buffer)
            return TeeResult.OutOfMemory;
        try
        {
            PrepareLoad(ref message, uuid, new OpteeMsgParam { Attr = (ulong)OpteeMsgAttr.RmemOutput, A = offset, B = size, C = cookie });
            result = Call(OpteeRpcCommand.LoadTa, ref message);
            if (result == TeeResult.Success && message.Params[1].B != size)
                result = TeeResult.BadFormat;
            if (result == TeeResult.Success)
                image = buffer.ToArray(offset, size);
            return result;
        }
        finally
        {
            buffer.Release();
            FreeShm(cookie);
        }
    }

    /// <summary>Frees the argument memory that the thread's call had allocated, unless it is to be kept for the next call.</summary>
    internal void EndOfCall(TeeThread thread) => border.EndOfCall(thread);

    private static void PrepareLoad(ref OpteeMessage message, Guid uuid, OpteeMsgParam buffer)
    {
        message = default;
        message.Arg.ParameterCount = 2;
        message.Params[0].Attr = (ulong)OpteeMsgAttr.ValueInput;
        UuidOctets.Write(ref message.Params[0], uuid);
        message.Params[1] = buffer;
    }

    private SharedMemory? AllocateShm(ulong size, out ulong cookie, out ulong offset)
    {
        var message = default(OpteeMessage);
        message.Arg.ParameterCount = 1;
        message.Params[0] = new OpteeMsgParam { Attr = (ulong)OpteeMsgAttr.ValueInput, A = OpteeRpc.ShmTypeAppl, B = size, C = 8 };
        (cookie, offset) = (0, 0);
        if (Call(OpteeRpcCommand.ShmAlloc, ref message) != TeeResult.Success)
            return null;
        SharedMemory? buffer = border.OpenAllocated(message.Params[0], size, out cookie, out offset);
        if (buffer is null)
            FreeShm(cookie);
        return buffer;
    }

    private void FreeShm(ulong cookie)
    {
        border.Retire(cookie);
        var message = default(OpteeMessage);
        message.Arg.ParameterCount = 1;
        message.Params[0] = new OpteeMsgParam { Attr = (ulong)OpteeMsgAttr.ValueInput, A = OpteeRpc.ShmTypeAppl, B = cookie };
        Call(OpteeRpcCommand.ShmFree, ref message);
    }

    private TeeResult Call(OpteeRpcCommand command, ref OpteeMessage message)
    {
        TeeThread thread = TeeThread.Current;
        if (thread.ResumeInformation == 0)
            return TeeResult.BadState;
        if (border.ArgumentOf(thread) is not { } argument || !MessageWindow.TryOpen(argument.Memory, argument.Offset, out MessageWindow window))
            return TeeResult.OutOfMemory;
        message.Arg.Command = (uint)command;
        message.Arg.Result = (uint)TeeResult.Generic;
        uint count = message.Arg.ParameterCount;
        window.WriteAll(ref message);

        border.Request(thread, argument);

        var answer = default(OpteeMessage);
        if (!window.TryRead(ref answer, 0) || answer.Arg.ParameterCount != count)
            return TeeResult.BadFormat;
        message = answer;
        return (TeeResult)answer.Arg.Result;
    }
}
