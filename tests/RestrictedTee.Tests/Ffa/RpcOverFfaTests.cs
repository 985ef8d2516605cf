using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Shm;
using RestrictedTee.SmcTransport.Abi;
using RestrictedTee.SmcTransport.Abi.Ffa;
using RestrictedTee.SmcTransport.Board;
using RestrictedTee.SmcTransport.Frames;
using RestrictedTee.Tests.Harness;

namespace RestrictedTee.Tests.Ffa;

/// <summary>OP-TEE's service over FF-A: blocking calls, yielding calls with RPCs, and what a conduit does while its call is suspended.</summary>
public sealed class RpcOverFfaTests : IDisposable
{
    private const uint Ids = 0x0000_8001;

    private readonly InProcessTee _tee = new(abi: ConduitAbi.Ffa);
    private readonly ShmBlock _message;
    private readonly MemoryHandle _handle;

    public RpcOverFfaTests()
    {
        _message = _tee.Driver.Shm.Allocate(2 * OpteeMsg.PageSize);
        _handle = new MemoryHandle(_tee.Driver.Abi.RegisterShm(_message.Range));
    }

    public void Dispose() => _tee.Dispose();

    [Fact]
    public void A_ta_of_the_supplicants_is_loaded_by_rpc()
    {
        using TeeContext context = _tee.OpenContext();
        using TeeSession session = context.OpenSession(TestTa.Properties);

        Assert.True(_tee.Os.Relayer.Count > 0);
    }

    [Fact]
    public void Memory_that_was_shared_for_an_rpc_is_taken_back_when_it_has_ended()
    {
        using TeeContext context = _tee.OpenContext();
        int before = _tee.Os.Relayer.Count;

        context.OpenSession(TestTa.Misbehaving).Dispose();

        Assert.Equal(before, _tee.Os.Relayer.Count);
    }

    [Theory]
    [InlineData(OpteeFfa.GetApiVersion, 1u, 0u)]
    [InlineData(OpteeFfa.ExchangeCapabilities, 0u, 4u)]
    [InlineData(7u, 0xFFFF_0006u, 0u)]
    [InlineData(OpteeFfa.YieldingBit | 5, 0xFFFF_FFFAu, 0u)]
    [InlineData(OpteeFfa.YieldingCallResume, 0xFFFF_0006u, 0u)]
    public void A_service_answers_as_upstreams_does(uint service, uint w3, uint w4)
    {
        SmcFrame frame = Call(service);

        Assert.Equal((FfaFunction.MsgSendDirectResp32, 0x8001_0000u, w3, w4), (frame.A0, frame.A1, frame.A3, frame.A4));
    }

    [Fact]
    public void A_call_whose_argument_lies_nowhere_is_refused()
    {
        Assert.Equal((uint)Sdk.TeeResult.BadParameters, Call(OpteeFfa.YieldingCallWithArg, 0x1234, 0, 0).A3); // no such handle
        Assert.Equal((uint)Sdk.TeeResult.BadParameters, Call(OpteeFfa.YieldingCallWithArg, _handle.Low, _handle.High, 2 * OpteeMsg.PageSize).A3);
        Assert.Equal((uint)Sdk.TeeResult.BadParameters, Call(OpteeFfa.YieldingCallWithArg, _handle.Low, _handle.High, 4).A3); // misaligned
        Assert.Equal((uint)Sdk.TeeResult.BadParameters, Call(OpteeFfa.YieldingCallWithArg, _handle.Low, _handle.High, (2 * OpteeMsg.PageSize) - 32).A3); // no room for an RPC argument
        _message.Span[0] = 99;
        Assert.Equal((uint)Sdk.TeeResult.NotImplemented, Call(OpteeFfa.YieldingCallWithArg, _handle.Low, _handle.High, 0).A3);
    }

    [Fact]
    public void While_a_call_is_suspended_its_conduit_serves_others_and_the_resume_information_is_checked()
    {
        SmcFrame suspended = StartOpeningTestTa();
        Assert.Equal((0u, OpteeFfa.ReturnRpcCmd), (suspended.A3, suspended.A4));

        Assert.Equal(1u, Call(OpteeFfa.GetApiVersion).A3);
        Assert.Equal((uint)Sdk.TeeResult.Busy, Call(OpteeFfa.YieldingCallWithArg, _handle.Low, _handle.High, 0).A3);
        Assert.Equal((uint)Sdk.TeeResult.BadParameters, Call(OpteeFfa.YieldingCallResume, w7: suspended.A7 + 1).A3);
        Assert.Equal(FfaStatus.Busy, (FfaStatus)unchecked((int)Call(OpteeFfa.UnregisterShm, _handle.Low, _handle.High).A3));
        SmcFrame echo = FfaFrame.Of(FfaFunction.MsgSendDirectReq32, 0x8002, w3: Contracts.EchoPartitions.CommandTest);
        Assert.Equal(Contracts.EchoPartitions.Ok, _tee.Smc(echo).A3);

        Assert.Equal((0u, OpteeFfa.ReturnDone), Finish(suspended));
        Assert.Equal(0u, BitConverter.ToUInt32(_message.Span[OpteeMsgArg.ResultOffset..]));
        Assert.Equal((uint)Sdk.TeeResult.BadParameters, Call(OpteeFfa.YieldingCallResume, w7: suspended.A7).A3);
    }

    [Fact]
    public void Shared_memory_is_reclaimed_only_when_the_tee_has_let_go_of_it()
    {
        _message.Span[0] = 99;
        Call(OpteeFfa.YieldingCallWithArg, _handle.Low, _handle.High, 0);
        SmcFrame Reclaim() => _tee.Smc(FfaFrame.Of(FfaFunction.MemReclaim, _handle.Low, _handle.High));

        Assert.Equal(FfaStatus.Denied, Reclaim().Status());
        Assert.Equal(0u, Call(OpteeFfa.UnregisterShm, _handle.Low, _handle.High).A3);
        Assert.Equal(0u, Call(OpteeFfa.UnregisterShm, _handle.Low, _handle.High).A3); // not registered is what was wanted
        Assert.Equal(FfaStatus.Success, Reclaim().Status());
        Assert.Equal((uint)Sdk.TeeResult.BadParameters, Call(OpteeFfa.YieldingCallWithArg, _handle.Low, _handle.High, 0).A3);
        _tee.AssertStillServes();
    }

    private SmcFrame Call(uint service, uint w4 = 0, uint w5 = 0, uint w6 = 0, uint w7 = 0) =>
        _tee.Smc(FfaFrame.Of(FfaFunction.MsgSendDirectReq32, Ids, w2: 0, service, w4, w5, w6, w7));

    private SmcFrame StartOpeningTestTa()
    {
        OpteeMessage message = RawMessages.OpenSession(TestTa.Properties);
        message.WriteTo(_message.Span, RawMessages.OpenSessionParameters);
        return Call(OpteeFfa.YieldingCallWithArg, _handle.Low, _handle.High, 0);
    }

    /// <summary>Serves RPCs as the driver does, until the call returns.</summary>
    private (uint Result, uint Kind) Finish(SmcFrame frame)
    {
        while (frame.A4 == OpteeFfa.ReturnRpcCmd)
        {
            _tee.Driver.Abi.Continue(ref frame, _message.Span[OpteeMsg.ArgSize(2)..]);
            frame = _tee.Smc(frame);
        }

        return (frame.A3, frame.A4);
    }
}
