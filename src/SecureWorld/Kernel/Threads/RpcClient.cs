using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Kernel.Memory;
using RestrictedTee.SecureWorld.Kernel.Messages;
using RestrictedTee.SecureWorld.SecureMonitor;
using RestrictedTee.SmcTransport.Abi;
using RestrictedTee.SmcTransport.Frames;
using RestrictedTee.SmcTransport.NormalRam;

namespace RestrictedTee.SecureWorld.Kernel.Threads;

/// <summary>
/// Requests of the secure world to the normal world, made by a thread in the middle of a yielding call. What comes back is
/// the normal world's word and is checked as such.
/// </summary>
internal sealed class RpcClient(NormalRamMap ram, Func<SmcDispatcher> dispatcher, RpcArgumentCache cache)
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
        PrepareLoad(ref message, uuid);
        TeeResult result = Call(OpteeRpcCommand.LoadTa, ref message);
        ulong size = message.Params[1].B;
        if (result is not (TeeResult.Success or TeeResult.ShortBuffer))
            return result;
        if (size is 0 or > MaxAnswer)
            return TeeResult.BadFormat;

        if (AllocateShm(size, out ulong cookie) is not { } buffer)
            return TeeResult.OutOfMemory;
        try
        {
            PrepareLoad(ref message, uuid);
            message.Params[1] = new OpteeMsgParam { Attr = (ulong)OpteeMsgAttr.RmemOutput, B = size, C = cookie };
            result = Call(OpteeRpcCommand.LoadTa, ref message);
            if (result == TeeResult.Success && message.Params[1].B != size)
                result = TeeResult.BadFormat;
            if (result == TeeResult.Success)
                image = buffer.ToArray();
            return result;
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
        if (thread.RpcArgument is not { IsAllocated: true } argument || cache.TryKeep(argument))
            return;
        FreeArgument(thread, argument);
    }

    private static void PrepareLoad(ref OpteeMessage message, Guid uuid)
    {
        message = default;
        message.Arg.ParameterCount = 2;
        message.Params[0].Attr = (ulong)OpteeMsgAttr.ValueInput;
        UuidOctets.Write(ref message.Params[0], uuid);
        message.Params[1].Attr = (ulong)OpteeMsgAttr.TmemOutput;
    }

    private SharedMemory? AllocateShm(ulong size, out ulong cookie)
    {
        var message = default(OpteeMessage);
        message.Arg.ParameterCount = 1;
        message.Params[0] = new OpteeMsgParam { Attr = (ulong)OpteeMsgAttr.ValueInput, A = OpteeRpc.ShmTypeAppl, B = size, C = 8 };
        cookie = 0;
        if (Call(OpteeRpcCommand.ShmAlloc, ref message) != TeeResult.Success)
            return null;
        OpteeMsgParam answer = message.Params[0];
        cookie = answer.C;
        SharedMemory? buffer = null;
        if (answer.Type == OpteeMsgAttr.TmemOutput && answer.B >= size)
        {
            buffer = answer.IsNoncontig
                ? PageList.Read(ram, answer.A, size, cookie)
                : PhysicalRange.TryCreate(new PhysicalAddress(answer.A), size, out PhysicalRange range) ? SharedMemory.FromRange(ram, range, cookie) : null;
        }

        if (buffer is null)
            FreeShm(cookie);
        return buffer;
    }

    private void FreeShm(ulong cookie)
    {
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
        if (ArgumentOf(thread) is not { } argument || !MessageWindow.TryOpen(argument.Memory, argument.Offset, out MessageWindow window))
            return TeeResult.OutOfMemory;
        message.Arg.Command = (uint)command;
        message.Arg.Result = (uint)TeeResult.Generic;
        uint count = message.Arg.ParameterCount;
        window.WriteAll(ref message);

        SmcFrame frame = default;
        frame.A0 = OpteeSmc.ReturnRpcCmd;
        frame.A1A2 = argument.Cookie;
        Suspend(thread, ref frame);

        var answer = default(OpteeMessage);
        if (!window.TryRead(ref answer, 0) || answer.Arg.ParameterCount != count)
            return TeeResult.BadFormat;
        message = answer;
        return (TeeResult)answer.Arg.Result;
    }

    private RpcArgument? ArgumentOf(TeeThread thread)
    {
        if (thread.RpcArgument is { } given)
            return given;
        if (cache.TryTake() is { } cached)
            return thread.RpcArgument = cached;

        SmcFrame frame = default;
        frame.A0 = OpteeSmc.ReturnRpcAlloc;
        frame.A1 = (uint)OpteeMsg.ArgSize(OpteeSmc.RpcParameterCount);
        Suspend(thread, ref frame);
        ulong cookie = frame.A4A5;
        SharedMemory? memory = PhysicalRange.TryCreate(new PhysicalAddress(frame.A1A2), (ulong)OpteeMsg.ArgSize(OpteeSmc.RpcParameterCount), out PhysicalRange range)
            ? SharedMemory.FromRange(ram, range, cookie)
            : null;
        return thread.RpcArgument = memory is null ? null : new RpcArgument(memory, 0, cookie, IsAllocated: true);
    }

    private void FreeArgument(TeeThread thread, RpcArgument argument)
    {
        thread.RpcArgument = null;
        argument.Memory.Release();
        SmcFrame frame = default;
        frame.A0 = OpteeSmc.ReturnRpcFree;
        frame.A1A2 = argument.Cookie;
        Suspend(thread, ref frame);
    }

    /// <summary>
    /// Leaves to the normal world and waits to be resumed. Meanwhile the conduit is a CPU like any other: fast calls are
    /// served on it; another yielding call finds the conduit's thread taken.
    /// </summary>
    private void Suspend(TeeThread thread, ref SmcFrame frame)
    {
        frame[3] = thread.ResumeInformation;
        do
        {
            if (!thread.Conduit.TrySend(frame) || !thread.Conduit.TryReceive(ref frame))
                throw new ConduitClosedException();
        }
        while (!IsResume(thread, ref frame));
    }

    private bool IsResume(TeeThread thread, ref SmcFrame frame)
    {
        if (frame.A0 == OpteeSmc.CallReturnFromRpc)
        {
            if (frame.A3 == thread.ResumeInformation)
                return true;
            frame.A0 = OpteeSmc.ReturnEResume;
        }
        else if ((frame.A0 & OpteeSmc.FastCallBit) != 0)
        {
            dispatcher().HandleFast(ref frame);
        }
        else
        {
            frame.A0 = OpteeSmc.ReturnEThreadLimit;
        }

        return false;
    }
}

/// <summary>
/// Argument memory that RPCs have allocated, kept between calls while the normal world allows it (OPTEE_SMC_ENABLE_SHM_CACHE).
/// </summary>
internal sealed class RpcArgumentCache
{
    private const int Capacity = 64;

    private readonly object _lock = new(); // protects both fields; a leaf
    private readonly Stack<RpcArgument> _kept = new();
    private bool _enabled;

    internal void Enable()
    {
        lock (_lock)
            _enabled = true;
    }

    /// <summary>Stops keeping, and takes one out; null when it is empty.</summary>
    internal RpcArgument? DisableAndTake()
    {
        lock (_lock)
        {
            _enabled = false;
            return _kept.TryPop(out RpcArgument? argument) ? argument : null;
        }
    }

    internal RpcArgument? TryTake()
    {
        lock (_lock)
            return _kept.TryPop(out RpcArgument? argument) ? argument : null;
    }

    internal bool TryKeep(RpcArgument argument)
    {
        lock (_lock)
        {
            if (!_enabled || _kept.Count == Capacity)
                return false;
            _kept.Push(argument);
            return true;
        }
    }
}
