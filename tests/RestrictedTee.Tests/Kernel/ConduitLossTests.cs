using RestrictedTee.NormalWorld.Client;
using RestrictedTee.SecureWorld.Kernel.Memory;
using RestrictedTee.SecureWorld.Kernel.Threads;
using RestrictedTee.SecureWorld.MemorySharing;
using RestrictedTee.SecureWorld.SecretMemory;
using RestrictedTee.SecureWorld.SecureMonitor;
using RestrictedTee.SmcTransport.Abi;
using RestrictedTee.SmcTransport.Conduits;
using RestrictedTee.SmcTransport.Frames;
using RestrictedTee.SmcTransport.NormalRam;
using RestrictedTee.Tests.Harness;

namespace RestrictedTee.Tests.Kernel;

/// <summary>Invariant 9 where one conduit closes, or a defect is met, in the middle of a call.</summary>
public sealed class ConduitLossTests : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);
    private static readonly Guid Single = new("0b5d5c8e-1f0a-4b57-9c44-52f6d8a1e0d1");

    private readonly InProcessTee _tee = new(threads: 1);

    public void Dispose() => _tee.Dispose();

    [Fact]
    public async Task Invariant_9_a_conduit_that_closes_during_an_rpc_gives_its_thread_back()
    {
        Assert.Equal(OpteeSmc.ReturnRpcAlloc, Open(TestTa.Properties).A0);

        _tee.CloseRawConduit();

        await Task.Run(_tee.AssertStillServes).WaitAsync(Deadline);
    }

    [Fact]
    public async Task Invariant_9_a_conduit_that_closes_during_an_rpc_of_a_ta_gives_session_and_turn_back()
    {
        using TeeContext context = _tee.OpenContext();
        using TeeSession session = context.OpenSession(TestTa.Properties);
        var message = default(OpteeMessage);
        message.Arg.Command = (uint)OpteeMsgCommand.InvokeCommand;
        message.Arg.Session = session.Id;
        message.Arg.Function = 1;
        message.Arg.ParameterCount = 1;
        message.Params[0].Attr = (ulong)OpteeMsgAttr.ValueOutput;
        Assert.Equal(OpteeSmc.ReturnRpcAlloc, Call(ref message, 1).A0);

        _tee.CloseRawConduit();

        var operation = new Operation(Parameter.ValueOutput(), Parameter.TempOutput(new byte[64]));
        await Task.Run(() => session.Invoke(0, operation)).WaitAsync(Deadline);
        Assert.Equal(1u, operation[0].A);
    }

    [Fact]
    public void Invariant_9_a_session_whose_opener_did_not_hear_of_it_is_closed()
    {
        using TeeContext context = _tee.OpenContext();
        context.OpenSession(Single).Dispose();
        Assert.True(OpteeSmc.IsRpc(Open(Single).A0));

        _tee.CloseRawConduit();

        TeeSession? session = null;
        Assert.True(
            SpinWait.SpinUntil(() => context.TryOpenSession(Single, NormalWorld.Uapi.TeecLogin.Public, 0, null, out session, out _) == NormalWorld.Uapi.TeecResult.Success, Deadline),
            "The one session that the TA takes is nobody's.");
        session!.Dispose();
    }

    [Fact]
    public void A_defect_that_is_met_while_a_call_is_suspended_costs_the_frame_an_error_and_not_the_call()
    {
        using var ram = new NormalRamMap();
        using RamBank bank = RamBank.Create(PhysicalRange.Create(new PhysicalAddress(0x4000_0000), 1 << 16), "defect");
        using var relayer = new MemoryRelayer(ram, SecretMemoryChoice.Off);
        (IConduit normal, IConduit secure) = InMemoryConduit.CreatePair();
        var thread = new TeeThread(secure, 0, isFastOnly: false) { ResumeInformation = 7 };
        var border = new SmcRpcBorder(relayer, () => new Defect(), new RpcArgumentCache());
        SmcFrame fast = default, resume = default, answer = default;
        fast.A0 = OpteeSmc.GetThreadCount;
        (resume.A0, resume.A3) = (OpteeSmc.CallReturnFromRpc, 7);
        normal.TrySend(fast);
        normal.TrySend(resume);

        border.Request(thread, new RpcArgument(null!, 0, 1, IsAllocated: false));

        Assert.True(normal.TryReceive(ref answer));
        Assert.Equal(OpteeSmc.ReturnRpcCmd, answer.A0);
        Assert.True(normal.TryReceive(ref answer));
        Assert.Equal(OpteeSmc.ReturnEBadCmd, answer.A0);
    }

    private SmcFrame Open(Guid ta)
    {
        OpteeMessage message = RawMessages.OpenSession(ta);
        return Call(ref message, RawMessages.OpenSessionParameters);
    }

    private SmcFrame Call(ref OpteeMessage message, int parameters)
    {
        message.WriteTo(_tee.RawPage, parameters);
        SmcFrame frame = default;
        frame.A0 = OpteeSmc.CallWithArg;
        frame.A1A2 = _tee.RawAddress;
        return _tee.Smc(frame);
    }

    private sealed class Defect : IFrameDispatcher
    {
        public void Handle(ref SmcFrame frame, TeeThread thread) => throw new InvalidOperationException("a defect");

        public void Fail(ref SmcFrame frame) => frame.A0 = OpteeSmc.ReturnEBadCmd;
    }
}
