using RestrictedTee.SecureWorld.Kernel.Memory;
using RestrictedTee.SecureWorld.Kernel.Threads;
using RestrictedTee.SecureWorld.MemorySharing;
using RestrictedTee.SmcTransport.Abi;
using RestrictedTee.SmcTransport.Frames;
using RestrictedTee.SmcTransport.NormalRam;

namespace RestrictedTee.SecureWorld.SecureMonitor;

/// <summary>RPCs over SMC: OPTEE_SMC_RETURN_RPC_* out, OPTEE_SMC_CALL_RETURN_FROM_RPC back (core/arch/arm/kernel/thread_optee_smc.c upstream).</summary>
internal sealed class SmcRpcBorder(MemoryRelayer relayer, Func<IFrameDispatcher> dispatcher, RpcArgumentCache cache) : RpcBorder
{
    internal override OpteeMsgParam NullMemref => new() { Attr = (ulong)OpteeMsgAttr.TmemOutput };

    internal override void Request(TeeThread thread, RpcArgument argument)
    {
        SmcFrame frame = default;
        frame.A0 = OpteeSmc.ReturnRpcCmd;
        frame.A1A2 = argument.Cookie;
        Suspend(thread, ref frame);
    }

    internal override RpcArgument? ArgumentOf(TeeThread thread)
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
            ? SharedMemory.FromRange(relayer, range, cookie)
            : null;
        return thread.RpcArgument = memory is null ? null : new RpcArgument(memory, 0, cookie, IsAllocated: true);
    }

    internal override void EndOfCall(TeeThread thread)
    {
        if (thread.RpcArgument is not { IsAllocated: true } argument || cache.TryKeep(argument))
            return;
        thread.RpcArgument = null;
        argument.Memory.Release();
        SmcFrame frame = default;
        frame.A0 = OpteeSmc.ReturnRpcFree;
        frame.A1A2 = argument.Cookie;
        Suspend(thread, ref frame);
    }

    internal override SharedMemory? OpenAllocated(in OpteeMsgParam answer, ulong size, out ulong cookie, out ulong offset)
    {
        (cookie, offset) = (answer.C, 0);
        if (answer.Type != OpteeMsgAttr.TmemOutput || answer.B < size)
            return null;
        if (answer.IsNoncontig)
            return PageList.Read(relayer, answer.A, size, cookie);
        return PhysicalRange.TryCreate(new PhysicalAddress(answer.A), size, out PhysicalRange range) ? SharedMemory.FromRange(relayer, range, cookie) : null;
    }

    internal override void Retire(ulong cookie)
    {
        // The name was the normal world's alone.
    }

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
            FrameBorder.Serve(dispatcher(), ref frame, thread);
        }
        else
        {
            frame.A0 = OpteeSmc.ReturnEThreadLimit;
        }

        return false;
    }
}
