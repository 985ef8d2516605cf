using RestrictedTee.SecureWorld.Kernel.Threads;
using RestrictedTee.SecureWorld.SecureMonitor;
using RestrictedTee.SmcTransport.Abi.Ffa;
using RestrictedTee.SmcTransport.Frames;
using Serilog;

namespace RestrictedTee.SecureWorld.Spmc;

/// <summary>Direct messages, and the cycles that they run on (DEN0077A 1.2 chapters 14 and 15).</summary>
internal sealed class MessageCalls
{
    private readonly PartitionTable _partitions;
    private readonly FfaDispatcher _dispatcher;

    internal MessageCalls(FfaDispatcher dispatcher, PartitionTable partitions)
    {
        _dispatcher = dispatcher;
        _partitions = partitions;
        dispatcher.Add(FfaFunction.MsgSendDirectReq32, Request);
        dispatcher.Add(FfaFunction.MsgSendDirectReq64, Request);
        dispatcher.Add(FfaFunction.MsgSendDirectReq2, Request);
        dispatcher.Add(FfaFunction.MsgSendDirectResp32, Respond);
        dispatcher.Add(FfaFunction.MsgSendDirectResp64, Respond);
        dispatcher.Add(FfaFunction.MsgSendDirectResp2, Respond);
        dispatcher.Add(FfaFunction.Yield, Yield);
        dispatcher.Add(FfaFunction.Run, Run);
    }

    /// <summary>
    /// Whether a call does not end in the SPMC: another partition runs, or the normal world, before it returns. No caller may hold
    /// a lock over it that one of those could want.
    /// </summary>
    internal static bool LetsOthersRun(uint function) => function
        is FfaFunction.MsgSendDirectReq32 or FfaFunction.MsgSendDirectReq64 or FfaFunction.MsgSendDirectReq2 or FfaFunction.Yield or FfaFunction.Run;

    private void Request(ref SmcFrame frame, Partition caller, TeeThread thread)
    {
        FfaStatus status = Check(frame, caller, out Partition? receiver);
        if (status != FfaStatus.Success)
        {
            frame.Error(status);
            return;
        }

        ref ContextState context = ref receiver!.Context(thread);
        if (context != ContextState.Waiting)
        {
            frame.Error(FfaStatus.Busy);
            return;
        }

        uint request = frame.A0, ids = frame.A1;
        context = ContextState.Running;
        thread.Callers++;
        try
        {
            receiver.Serve(ref frame, caller, thread);
        }
        catch (Exception e) when (e is not ConduitClosedException)
        {
            Log.Error("Partition {Id} failed: {Exception} at {Stack}", receiver.Id, e.GetType().Name, e.StackTrace);
            frame.Error(FfaStatus.Aborted);
        }
        finally
        {
            thread.Callers--;
            context = ContextState.Waiting;
        }

        // A request is answered by its own kind of response, from the receiver to the sender, or by an error.
        bool answered = frame.A0 == request + 1 && frame.A1 == ((ids << 16) | (ids >> 16));
        if (!answered && frame.A0 != FfaFunction.Error)
            frame.Error(FfaStatus.Aborted);
    }

    private FfaStatus Check(in SmcFrame frame, Partition caller, out Partition? receiver)
    {
        receiver = null;
        bool is2 = frame.A0 == FfaFunction.MsgSendDirectReq2;
        if (is2 && caller.Version < FfaVersion.V1_2)
            return FfaStatus.NotSupported;
        // The secure world serves the normal one, not the other way round.
        if (frame.Sender() != caller.Id || frame.Receiver() == caller.Id || frame.Receiver() == PartitionId.NormalWorld)
            return FfaStatus.InvalidParameters;
        receiver = _partitions.Find(frame.Receiver());
        if (receiver is null)
            return FfaStatus.InvalidParameters;
        if (is2)
        {
            Guid service = FfaUuid.FromHalves(frame[2], frame[3]);
            if (service != Guid.Empty && service != receiver.Uuid)
                return FfaStatus.InvalidParameters;
        }
        else if (frame.A2 != 0)
        {
            // Bit 31 marks a framework message, of which none is defined between these endpoints.
            return frame.A2 >> 31 != 0 ? FfaStatus.NotSupported : FfaStatus.InvalidParameters;
        }

        FfaPartitionProperties needed = is2 ? FfaPartitionProperties.ReceivesDirectRequests2 : FfaPartitionProperties.ReceivesDirectRequests;
        return receiver.Properties.HasFlag(needed) ? FfaStatus.Success : FfaStatus.Denied;
    }

    /// <summary>A response is what a partition returns with; as a call there is no request that it could answer.</summary>
    private static void Respond(ref SmcFrame frame, Partition caller, TeeThread thread) => frame.Error(FfaStatus.Denied);

    /// <summary>Gives the CPU back to the normal world until it runs the partition again; other frames are served meanwhile.</summary>
    private void Yield(ref SmcFrame frame, Partition caller, TeeThread thread)
    {
        if (caller == _partitions.NormalWorld)
        {
            frame.Error(FfaStatus.NotSupported);
            return;
        }

        ref ContextState context = ref caller.Context(thread);
        // Only the partition that the normal world called has anybody to yield to on this thread.
        if (context != ContextState.Running || thread.Callers != 1)
        {
            frame.Error(FfaStatus.Denied);
            return;
        }

        uint target = ((uint)caller.Id.Value << 16) | (uint)thread.Number;
        int callers = thread.Callers;
        thread.Callers = 0;
        context = ContextState.Preempted;
        frame = default;
        (frame.A0, frame.A1) = (FfaFunction.Yield, target);
        while (true)
        {
            if (!thread.Conduit.TrySend(frame) || !thread.Conduit.TryReceive(ref frame))
                throw new ConduitClosedException();
            if (frame.A0 == FfaFunction.Run && frame.A1 == target)
                break;
            FrameBorder.Serve(_dispatcher, ref frame, thread);
        }

        context = ContextState.Running;
        thread.Callers = callers;
        frame.Success();
    }

    /// <summary>FFA_RUN that did not reach a context waiting for it.</summary>
    private void Run(ref SmcFrame frame, Partition caller, TeeThread thread)
    {
        PartitionId id = frame.Sender();
        if (caller != _partitions.NormalWorld || !id.IsSecure || _partitions.Find(id) is not { } target || (frame.A1 & 0xFFFF) != thread.Number)
            frame.Error(FfaStatus.InvalidParameters);
        else
            frame.Error(target.Context(thread) == ContextState.Preempted ? FfaStatus.Busy : FfaStatus.Denied);
    }
}
