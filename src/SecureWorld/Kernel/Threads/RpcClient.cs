using System.Runtime.InteropServices;
using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Kernel.Arguments;
using RestrictedTee.SecureWorld.Kernel.Memory;
using RestrictedTee.SmcTransport.Abi;

namespace RestrictedTee.SecureWorld.Kernel.Threads;

/// <summary>
/// Requests of the secure world to the normal world, made by a thread in the middle of a yielding call. What comes back is
/// the normal world's word and is checked as such.
/// </summary>
internal sealed class RpcClient(RpcBorder border)
{
    private const ulong MaxPayload = 64UL << 20;

    /// <summary>What is asked for here; each is served in the table of the ABI.</summary>
    internal static IReadOnlyList<OpteeRpcCommand> Issued { get; } =
        [OpteeRpcCommand.LoadTa, OpteeRpcCommand.GetTime, OpteeRpcCommand.SuppPlugin, OpteeRpcCommand.ShmAlloc, OpteeRpcCommand.ShmFree, OpteeRpcCommand.Socket];

    private readonly RpcBorder _border = AreServed(Issued)
        ? border
        : throw new InvalidOperationException($"Not all of {string.Join(", ", Issued)} are served in the table of {OpteeRpc.Commands.Title}.");

    /// <summary>Whether a request costs no other one first, to get memory for it: what is merely of interest is asked only then.</summary>
    internal static bool HasRoom => TeeThread.Current.RpcArgument is not null;

    /// <summary>A memref parameter without memory, for an answer that is a size and nothing else.</summary>
    internal OpteeMsgParam NullMemref => _border.NullMemref;

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

    /// <summary>The image of a TA, in private memory; null when the normal world says that it is the one of the stamp.</summary>
    /// <param name="uuid">Which TA.</param>
    /// <param name="known">The stamp of the image that is there already; 0 for none.</param>
    /// <param name="budget">From which its bytes are taken; whoever gets them gives them back.</param>
    /// <param name="image">Its bytes.</param>
    internal TeeResult LoadTa(Guid uuid, ulong known, ImageBudget budget, out byte[]? image)
    {
        image = null;
        var message = default(OpteeMessage);
        message.Arg.ParameterCount = 2;
        message.Params[0].Attr = (ulong)OpteeMsgAttr.ValueInput;
        UuidOctets.Write(ref message.Params[0], uuid);
        message.Params[0].C = known;
        OpteeMessage question = message;
        question.Params[1] = _border.NullMemref;
        TeeResult result = Call(OpteeRpcCommand.LoadTa, ref question);
        ulong size = question.Params[1].B;
        if (result == TeeResult.Success && size == 0 && known != 0)
            return TeeResult.Success;
        if (result is not (TeeResult.Success or TeeResult.ShortBuffer))
            return result;
        if (size is 0 or > MaxPayload)
            return TeeResult.BadFormat;

        if (!budget.TryTake((long)size))
            return TeeResult.OutOfMemory;
        try
        {
            byte[] room = new byte[size];
            result = CallWithPayload(OpteeRpcCommand.LoadTa, ref message, [RpcPayload.Out(1, room)]);
            if (result == TeeResult.Success && message.Params[1].B != size)
                result = TeeResult.BadFormat; // another image than a moment ago
            if (result == TeeResult.Success)
                image = room;
            return result;
        }
        finally
        {
            if (image is null)
                budget.GiveBack((long)size);
        }
    }

    /// <summary>Calls a plug-in of the supplicant (tee_invoke_supp_plugin_rpc in core/tee/tee_supp_plugin_rpc.c upstream).</summary>
    /// <param name="plugin">Which.</param>
    /// <param name="command">Its command.</param>
    /// <param name="subCommand">And sub-command.</param>
    /// <param name="data">Goes along; an answer that is success comes back in its place, as far as it says.</param>
    /// <param name="size">How long the plug-in says that its answer is. That is the normal world's word, and may be more than there is room.</param>
    internal TeeResult InvokePlugin(Guid plugin, uint command, uint subCommand, byte[] data, out uint size)
    {
        Span<byte> octets = stackalloc byte[16];
        plugin.TryWriteBytes(octets, bigEndian: true, out _);
        ReadOnlySpan<uint> words = MemoryMarshal.Cast<byte, uint>(octets);
        var message = default(OpteeMessage);
        message.Arg.ParameterCount = 4;
        message.Params[0] = new OpteeMsgParam { Attr = (ulong)OpteeMsgAttr.ValueInput, A = OpteeRpc.SuppPluginInvoke, B = words[0], C = words[1] };
        message.Params[1] = new OpteeMsgParam { Attr = (ulong)OpteeMsgAttr.ValueInput, A = words[2], B = words[3], C = command };
        message.Params[2] = new OpteeMsgParam { Attr = (ulong)OpteeMsgAttr.ValueInOut, A = subCommand };
        OpteeMsgParam none = _border.NullMemref;
        message.Params[3] = none with { Attr = none.Attr + (OpteeMsgAttr.RmemInOut - OpteeMsgAttr.RmemOutput) };
        TeeResult result = data.Length == 0
            ? Call(OpteeRpcCommand.SuppPlugin, ref message)
            : CallWithPayload(OpteeRpcCommand.SuppPlugin, ref message, [RpcPayload.InOut(3, data, data)]);
        size = unchecked((uint)message.Params[2].B);
        return result;
    }

    /// <summary>
    /// A request with more than its parameters hold: the payloads lie one behind the other in shared memory that is allocated for
    /// the request and freed after it, whatever became of it. A memref parameter is made for each.
    /// </summary>
    /// <param name="command">What is asked for.</param>
    /// <param name="message">The parameters; on return as they were answered. The size of an output is in B of its parameter, and no larger than its room unless it may be cut.</param>
    /// <param name="payloads">What goes along and what is expected back.</param>
    /// <returns>The normal world's result; OUT_OF_MEMORY when it gives no memory, BAD_FORMAT when it answers with sizes that cannot be.</returns>
    internal TeeResult CallWithPayload(OpteeRpcCommand command, ref OpteeMessage message, ReadOnlySpan<RpcPayload> payloads)
    {
        ulong total = 0;
        foreach (RpcPayload payload in payloads)
            total += payload.AlignedLength;
        if (total is 0 or > MaxPayload + OpteeMsg.PageSize)
            return TeeResult.BadParameters;
        if (AllocateShm(total, out ulong cookie, out ulong start) is not { } buffer)
            return TeeResult.OutOfMemory;
        try
        {
            ulong offset = start;
            foreach (RpcPayload payload in payloads)
            {
                message.Params[payload.Parameter] = new OpteeMsgParam { Attr = (ulong)payload.Attribute, A = offset, B = (ulong)payload.Length, C = cookie };
                buffer.CopyFrom(offset, payload.Input.Span);
                offset += payload.AlignedLength;
            }

            TeeResult result = Call(command, ref message);
            return result == TeeResult.Success && !TryTakeOutputs(message, payloads, buffer, start) ? TeeResult.BadFormat : result;
        }
        finally
        {
            buffer.Release();
            FreeShm(cookie);
        }
    }

    /// <summary>Frees the argument memory that the thread's call had allocated, unless it is to be kept for the next call.</summary>
    internal void EndOfCall(TeeThread thread)
    {
        try
        {
            _border.EndOfCall(thread);
        }
        catch (ConduitClosedException)
        {
            // Nobody is left to free it for.
        }
    }

    private static bool AreServed(IReadOnlyList<OpteeRpcCommand> commands) =>
        commands.All(command => OpteeRpc.Commands.Rows.Any(row => row.Number == (ulong)command && row.Support != Support.Refused));

    // Where each output lies is known here; of the answer only its size is taken, and only up to the room that it was given.
    private static bool TryTakeOutputs(in OpteeMessage message, ReadOnlySpan<RpcPayload> payloads, SharedMemory buffer, ulong start)
    {
        ulong offset = start;
        foreach (RpcPayload payload in payloads)
        {
            if (!payload.Output.IsEmpty)
            {
                ulong size = message.Params[payload.Parameter].B;
                if (size > (ulong)payload.Output.Length && !payload.IsCut)
                    return false;
                buffer.CopyTo(offset, payload.Output.Span[..(int)Math.Min(size, (ulong)payload.Output.Length)]);
            }

            offset += payload.AlignedLength;
        }

        return true;
    }

    private SharedMemory? AllocateShm(ulong size, out ulong cookie, out ulong offset)
    {
        var message = default(OpteeMessage);
        message.Arg.ParameterCount = 1;
        message.Params[0] = new OpteeMsgParam { Attr = (ulong)OpteeMsgAttr.ValueInput, A = OpteeRpc.ShmTypeAppl, B = size, C = 8 };
        (cookie, offset) = (0, 0);
        if (Call(OpteeRpcCommand.ShmAlloc, ref message) != TeeResult.Success)
            return null;
        SharedMemory? buffer = _border.OpenAllocated(message.Params[0], size, out cookie, out offset);
        if (buffer is null)
            FreeShm(cookie);
        return buffer;
    }

    private void FreeShm(ulong cookie)
    {
        _border.Retire(cookie);
        var message = default(OpteeMessage);
        message.Arg.ParameterCount = 1;
        message.Params[0] = new OpteeMsgParam { Attr = (ulong)OpteeMsgAttr.ValueInput, A = OpteeRpc.ShmTypeAppl, B = cookie };
        Call(OpteeRpcCommand.ShmFree, ref message);
    }

    /// <summary>A request that its parameters hold.</summary>
    /// <returns>The normal world's result; COMMUNICATION when it has gone.</returns>
    internal TeeResult Call(OpteeRpcCommand command, ref OpteeMessage message)
    {
        if (!Issued.Contains(command))
            throw new InvalidOperationException($"The table of what is asked of the normal world has no {command}.");
        TeeThread thread = TeeThread.Current;
        if (thread.ResumeInformation == 0)
            return TeeResult.BadState;
        try
        {
            return Request(thread, command, ref message);
        }
        catch (ConduitClosedException)
        {
            // Nobody will ever resume the call. It goes on with an error to its end, and gives back what it has on the way; an
            // exception that is none of the TA's business would cut it in the middle of whatever it does.
            return TeeResult.Communication;
        }
    }

    private TeeResult Request(TeeThread thread, OpteeRpcCommand command, ref OpteeMessage message)
    {
        if (_border.ArgumentOf(thread) is not { } argument || !MessageWindow.TryOpen(argument.Memory, argument.Offset, out MessageWindow window))
            return TeeResult.OutOfMemory;
        message.Arg.Command = (uint)command;
        message.Arg.Result = (uint)TeeResult.Generic;
        uint count = message.Arg.ParameterCount;
        window.WriteAll(ref message);

        _border.Request(thread, argument);

        var answer = default(OpteeMessage);
        if (!window.TryRead(ref answer, 0) || answer.Arg.ParameterCount != count)
            return TeeResult.BadFormat;
        message = answer;
        return (TeeResult)answer.Arg.Result;
    }
}
