using RestrictedTee.SecureWorld.Kernel.Threads;
using RestrictedTee.SecureWorld.SecureMonitor;
using RestrictedTee.SmcTransport.Abi;
using RestrictedTee.SmcTransport.Abi.Ffa;
using RestrictedTee.SmcTransport.Frames;

namespace RestrictedTee.SecureWorld.Spmc;

/// <summary>An FF-A call: the frame is the request, and on return the answer.</summary>
internal delegate void FfaCall(ref SmcFrame frame, Partition caller, TeeThread thread);

/// <summary>
/// The SPMC's entry (core/arch/arm/kernel/thread_spmc.c upstream): one table for the normal world's frames and for the calls
/// that partitions make.
/// </summary>
internal sealed class FfaDispatcher : IFrameDispatcher
{
    private readonly Dictionary<uint, FfaCall> _groups = [];
    private readonly Partition _normalWorld;
    private DispatchTable<FfaCall>? _table;
    private FfaCall? _direct32;

    internal FfaDispatcher(Partition normalWorld) => _normalWorld = normalWorld;

    internal Partition NormalWorld => _normalWorld;

    /// <summary>Every function id that is served.</summary>
    internal IReadOnlyList<uint> Served => Table.Served;

    private DispatchTable<FfaCall> Table => _table ?? throw new InvalidOperationException("The groups of calls have not all been added.");

    /// <summary>A group of calls adds one of its own.</summary>
    internal void Add(uint function, FfaCall call) => _groups.Add(function, call);

    /// <summary>All groups have added theirs.</summary>
    /// <exception cref="InvalidOperationException">They are not the calls that the table of the ABI has.</exception>
    internal void Complete()
    {
        _table = new DispatchTable<FfaCall>(
            FfaCalls.Surface, Reach.Ffa, _groups, status => (ref frame, _, _) => frame.Error(unchecked((FfaStatus)(int)status)));
        _direct32 = _table.Find(FfaFunction.MsgSendDirectReq32);
    }

    public void Handle(ref SmcFrame frame, TeeThread thread) => Call(ref frame, _normalWorld, thread);

    /// <summary>A call by an endpoint.</summary>
    internal void Call(ref SmcFrame frame, Partition caller, TeeThread thread)
    {
        uint function = frame.A0;
        if (function != FfaFunction.Version)
            caller.IsVersionFinal = true;
        // Direct requests make up nearly all traffic.
        if (function == FfaFunction.MsgSendDirectReq32)
            _direct32!(ref frame, caller, thread);
        else if (Table.Find(function) is { } call)
            call(ref frame, caller, thread);
        else if (FfaFunction.IsFfa(function))
            frame.Error(FfaStatus.NotSupported);
        else
            frame.A0 = OpteeSmc.ReturnUnknownFunction; // SMCCC: not a call of this conduit
    }

    public void Fail(ref SmcFrame frame) => frame.Error(FfaStatus.Aborted);
}
