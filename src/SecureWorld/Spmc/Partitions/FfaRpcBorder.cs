using RestrictedTee.SecureWorld.Kernel.Memory;
using RestrictedTee.SecureWorld.Kernel.Threads;
using RestrictedTee.SecureWorld.SecureMonitor;
using RestrictedTee.SmcTransport.Abi;
using RestrictedTee.SmcTransport.Abi.Ffa;
using RestrictedTee.SmcTransport.Frames;

namespace RestrictedTee.SecureWorld.Spmc.Partitions;

/// <summary>RPCs over FF-A: a direct response with w4 RETURN_RPC_CMD out, a direct request with YIELDING_CALL_RESUME back.</summary>
internal sealed class FfaRpcBorder(MemoryObjectTable objects, IFrameDispatcher dispatcher, Func<Partition> tee) : RpcBorder
{
    private const uint Ids = 0x8001; // TEE to normal world as a request has it; a response has them swapped

    internal override OpteeMsgParam NullMemref => new() { Attr = (ulong)OpteeMsgAttr.RmemOutput, C = OpteeMsg.FmemInvalidGlobalId };

    internal override void Request(TeeThread thread, RpcArgument argument)
    {
        SmcFrame frame = default;
        (frame.A0, frame.A1) = (FfaFunction.MsgSendDirectResp32, Ids << 16);
        (frame.A4, frame.A7) = (OpteeFfa.ReturnRpcCmd, thread.ResumeInformation);

        // To the SPMC a response is the end of the request: the TEE's context waits, and nobody is calling on this CPU.
        Partition partition = tee();
        int callers = thread.Callers;
        (partition.Context(thread), thread.Callers) = (ContextState.Waiting, 0);
        try
        {
            while (true)
            {
                if (!thread.Conduit.TrySend(frame) || !thread.Conduit.TryReceive(ref frame))
                    throw new ConduitClosedException();
                if (IsResume(thread, frame))
                    break;
                FrameBorder.Serve(dispatcher, ref frame, thread);
            }
        }
        finally
        {
            (partition.Context(thread), thread.Callers) = (ContextState.Running, callers);
        }
    }

    internal override RpcArgument? ArgumentOf(TeeThread thread) => thread.RpcArgument; // over FF-A each call brings its own

    internal override void EndOfCall(TeeThread thread)
    {
        // Nothing was allocated.
    }

    internal override SharedMemory? OpenAllocated(in OpteeMsgParam answer, ulong size, out ulong cookie, out ulong offset)
    {
        (cookie, offset) = (answer.C, answer.A >> 48);
        if (answer.Type != OpteeMsgAttr.RmemOutput || answer.B < size || objects.Get(cookie) is not { } memory)
            return null;
        if (memory is SharedMemory shared && shared.Contains(offset, size))
            return shared;
        memory.Release();
        return null;
    }

    internal override void Retire(ulong cookie)
    {
        if (objects.TryRemoveUnused(cookie, out SharedMemory? memory))
            memory?.Release();
    }

    private static bool IsResume(TeeThread thread, in SmcFrame frame) =>
        frame.A0 == FfaFunction.MsgSendDirectReq32
        && frame.A1 == Ids
        && frame.A2 == 0
        && frame.A3 == OpteeFfa.YieldingCallResume
        && frame.A7 == thread.ResumeInformation;
}
