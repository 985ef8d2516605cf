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
    private readonly Dictionary<uint, FfaCall> _table = [];
    private readonly Partition _normalWorld;
    private FfaCall? _direct32;

    internal FfaDispatcher(Partition normalWorld) => _normalWorld = normalWorld;

    internal Partition NormalWorld => _normalWorld;

    /// <summary>Every function id that is dispatched, for the test that compares them with the table of the ABI.</summary>
    internal IEnumerable<uint> Served => _table.Keys;

    internal void Add(uint function, FfaCall call)
    {
        _table.Add(function, call);
        if (function == FfaFunction.MsgSendDirectReq32)
            _direct32 = call;
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
        else if (_table.TryGetValue(function, out FfaCall? call))
            call(ref frame, caller, thread);
        else if (FfaFunction.IsFfa(function))
            frame.Error(FfaStatus.NotSupported);
        else
            frame.A0 = OpteeSmc.ReturnUnknownFunction; // SMCCC: not a call of this conduit
    }

    public void Fail(ref SmcFrame frame) => frame.Error(FfaStatus.Aborted);
}
