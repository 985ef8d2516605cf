using RestrictedTee.SmcTransport.Abi;
using RestrictedTee.SmcTransport.Frames;
using RestrictedTee.Tests.Harness;

namespace RestrictedTee.Tests.Kernel;

/// <summary>What happens on a conduit while the call on it is suspended in an RPC.</summary>
public sealed class RpcTests : IDisposable
{
    private readonly InProcessTee _tee = new();
    public void Dispose() => _tee.Dispose();

    [Fact]
    public void A_call_without_room_for_an_rpc_argument_allocates_it_and_frees_it()
    {
        List<uint> seen = OpenTestTa();

        Assert.Equal(OpteeSmc.ReturnRpcAlloc, seen[0]);
        Assert.Equal(OpteeSmc.ReturnRpcFree, seen[^1]);
        Assert.Contains(OpteeSmc.ReturnRpcCmd, seen);
    }

    [Fact]
    public void With_the_shm_cache_enabled_the_argument_is_kept_and_handed_back_when_it_is_disabled()
    {
        Assert.Equal(OpteeSmc.ReturnOk, _tee.Smc(OpteeSmc.EnableShmCache));
        Assert.Equal(OpteeSmc.ReturnRpcCmd, OpenTestTa()[^1]);

        SmcFrame frame = default;
        frame.A0 = OpteeSmc.DisableShmCache;
        frame = _tee.Smc(frame);

        Assert.Equal(OpteeSmc.ReturnOk, frame.A0);
        Assert.NotEqual(0UL, frame.A1A2);
        Assert.Equal(OpteeSmc.ReturnENotAvail, _tee.Smc(OpteeSmc.DisableShmCache));
    }

    [Fact]
    public void While_a_call_is_suspended_its_conduit_serves_fast_calls_and_nothing_else()
    {
        SmcFrame suspended = StartOpeningTestTa();
        Assert.Equal(OpteeSmc.ReturnRpcAlloc, suspended.A0);

        Assert.Equal(OpteeSmc.ReturnOk, _tee.Smc(OpteeSmc.GetThreadCount));
        Assert.Equal(OpteeSmc.ReturnEBusy, _tee.Smc(OpteeSmc.DisableShmCache));
        Assert.Equal(OpteeSmc.ReturnEThreadLimit, _tee.Smc(OpteeSmc.CallWithArg, _tee.RawAddress >> 32, _tee.RawAddress & uint.MaxValue));
        Assert.Equal(OpteeSmc.ReturnEResume, _tee.Smc(OpteeSmc.CallReturnFromRpc, a3: suspended.A3 + 1));
        Assert.Equal(OpteeSmc.ReturnOk, Finish(suspended, []).A0);
        Assert.Equal(OpteeSmc.ReturnEResume, _tee.Smc(OpteeSmc.CallReturnFromRpc, a3: suspended.A3));
    }

    [Theory]
    [InlineData(0UL)]
    [InlineData(8UL)]
    [InlineData(ulong.MaxValue - 7)]
    public void An_allocation_that_points_nowhere_fails_the_request_and_not_the_tee(ulong address)
    {
        SmcFrame frame = StartOpeningTestTa();
        uint resume = frame.A3;
        frame = default;
        (frame.A0, frame.A3, frame.A1A2, frame.A4A5) = (OpteeSmc.CallReturnFromRpc, resume, address, 0xC0FFEE);
        frame = _tee.Smc(frame);

        Assert.Equal(OpteeSmc.ReturnOk, frame.A0);
        Assert.Equal((uint)Sdk.TeeResult.OutOfMemory, ResultOfMessage());
        _tee.AssertStillServes();
    }

    private List<uint> OpenTestTa()
    {
        var seen = new List<uint>();
        SmcFrame frame = Finish(StartOpeningTestTa(), seen);
        Assert.Equal(OpteeSmc.ReturnOk, frame.A0);
        Assert.Equal(0u, ResultOfMessage());
        return seen;
    }

    private uint ResultOfMessage() => BitConverter.ToUInt32(_tee.RawPage[OpteeMsgArg.ResultOffset..]);

    private SmcFrame StartOpeningTestTa()
    {
        OpteeMessage message = RawMessages.OpenSession(TestTa.Properties);
        message.WriteTo(_tee.RawPage, RawMessages.OpenSessionParameters);
        SmcFrame frame = default;
        frame.A0 = OpteeSmc.CallWithArg;
        frame.A1A2 = _tee.RawAddress;
        return _tee.Smc(frame);
    }

    /// <summary>Serves RPCs as the driver does, until the call returns.</summary>
    private SmcFrame Finish(SmcFrame frame, List<uint> seen)
    {
        ulong argument = 0;
        while (OpteeSmc.IsRpc(frame.A0))
        {
            seen.Add(frame.A0);
            bool allocates = frame.A0 == OpteeSmc.ReturnRpcAlloc;
            Span<byte> memory = argument == 0
                ? default
                : _tee.Bank.GetSpan(argument - _tee.Board.NormalRam.Base, OpteeMsg.ArgSize(OpteeSmc.RpcParameterCount));
            _tee.Driver.Abi.Continue(ref frame, memory);
            if (allocates)
                argument = frame.A1A2;
            frame = _tee.Smc(frame);
        }

        return frame;
    }
}
