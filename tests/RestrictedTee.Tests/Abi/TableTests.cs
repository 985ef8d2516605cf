using RestrictedTee.NormalWorld.Device.Ioctls;
using RestrictedTee.SmcTransport.Abi;
using RestrictedTee.SmcTransport.Abi.Ffa;
using RestrictedTee.SmcTransport.Board;
using RestrictedTee.Tests.Harness;

namespace RestrictedTee.Tests.Abi;

/// <summary>What the tables say is served is dispatched, and nothing else.</summary>
public sealed class TableTests
{
    [Fact]
    public void Every_smc_that_the_table_serves_is_dispatched_and_every_other_answers_the_code_of_its_row()
    {
        using var tee = new InProcessTee();
        IEnumerable<uint> served = OpteeSmc.Calls.Rows.Where(r => r.Support != Support.Refused).Select(r => (uint)r.Number);

        Assert.Equal(served.Order(), ((SecureWorld.SecureMonitor.SmcDispatcher)tee.Os.Dispatcher).Served.Order());
        Assert.All(OpteeSmc.Calls.Rows.Where(r => r.Support == Support.Refused), row => Assert.Equal(row.Refusal, tee.Smc((uint)row.Number)));
    }

    [Fact]
    public void Every_message_command_is_dispatched_over_the_conduit_abis_that_its_row_names()
    {
        using var smc = new InProcessTee();
        using var ffa = new InProcessTee(abi: ConduitAbi.Ffa);
        IEnumerable<ulong> Served(Reach over) => OpteeMsg.Commands.Rows.Where(r => r.Support != Support.Refused && r.Reach.HasFlag(over)).Select(r => r.Number).Order();

        Assert.Equal(Served(Reach.Smc), smc.Os.Messages.Served.Select(c => (ulong)c).Order());
        Assert.Equal(Served(Reach.Ffa), ffa.Os.Messages.Served.Select(c => (ulong)c).Order());
        Assert.Equal(Enum.GetValues<OpteeMsgCommand>().Select(c => (ulong)c), OpteeMsg.Commands.Rows.Select(r => r.Number));
    }

    [Fact]
    public void Every_ffa_call_is_dispatched_unless_the_table_refuses_it_and_features_says_the_same()
    {
        using var tee = new InProcessTee(abi: ConduitAbi.Ffa);
        var dispatcher = (SecureWorld.Spmc.FfaDispatcher)tee.Os.Dispatcher;
        IEnumerable<ulong> served = FfaCalls.Surface.Rows.Where(r => r.IsCall && r.Support != Support.Refused).Select(r => r.Number);

        Assert.Equal(served.Order(), dispatcher.Served.Select(f => (ulong)f).Order());
        foreach (AbiRow row in FfaCalls.Surface.Rows)
        {
            SmcTransport.Frames.SmcFrame frame = default;
            (frame.A0, frame.A1) = (FfaFunction.Features, (uint)row.Number);
            Assert.Equal(row.Support != Support.Refused, tee.Smc(frame).A0 == FfaFunction.Success32);
            if (row.Support == Support.Refused)
                Assert.Equal(row.Refusal, tee.Smc(FfaFrame.Of((uint)row.Number)).A2);
        }
    }

    [Fact]
    public void What_the_secure_world_asks_of_the_normal_world_is_served_by_the_table()
    {
        Assert.All(SecureWorld.Kernel.Threads.RpcClient.Issued, command => Assert.NotEqual(Support.Refused, OpteeRpc.Commands.Rows.Single(r => r.Number == (ulong)command).Support));
    }

    [Fact]
    public void Names_and_numbers_are_unique_within_a_surface()
    {
        foreach (AbiSurface surface in new[] { OpteeSmc.Calls, FfaCalls.Surface, OpteeFfa.Services, OpteeMsg.Commands, OpteeRpc.Commands, IoctlTables.Surface, IoctlTables.SmafSurface, FfaUserIoctls.Surface })
        {
            Assert.Equal(surface.Rows.Count, surface.Rows.Select(r => r.Number).Distinct().Count());
            Assert.Equal(surface.Rows.Count, surface.Rows.Select(r => r.Name).Distinct().Count());
        }
    }

    [Fact]
    public void Fast_calls_answer_as_the_header_says()
    {
        using var tee = new InProcessTee(threads: 3);
        SmcTransport.Frames.SmcFrame Call(uint function, uint a1 = 0)
        {
            SmcTransport.Frames.SmcFrame frame = default;
            (frame.A0, frame.A1) = (function, a1);
            return tee.Smc(frame);
        }

        Assert.Equal(0x384fb3e0u, Call(OpteeSmc.CallsUid).A0);
        Assert.Equal(0x486178e0u, Call(OpteeSmc.GetOsUuid).A0);
        Assert.Equal((2u, 0u), (Call(OpteeSmc.CallsRevision).A0, Call(OpteeSmc.CallsRevision).A1));
        Assert.Equal(3u, Call(OpteeSmc.GetThreadCount).A1);
        Assert.Equal(OpteeSmc.ReturnENotAvail, Call(OpteeSmc.ExchangeCapabilities, a1: 2).A0);
        Assert.Equal(OpteeSmc.ReturnOk, Call(OpteeSmc.ExchangeCapabilities, a1: 1).A0);
        Assert.Equal(tee.Board.ReservedShm.Base, Call(OpteeSmc.GetShmConfig)[1]);
        Assert.Equal(tee.Board.Pools[0].Base, Call(OpteeSmc.GetProtmemConfig)[1]);
        Assert.Equal(OpteeSmc.ReturnUnknownFunction, Call(0xb2001234).A0);
        Assert.Equal(OpteeSmc.ReturnEBadCmd, Call(0x32001234).A0);
        Assert.Equal(OpteeSmc.ReturnEResume, Call(OpteeSmc.CallReturnFromRpc).A0);
    }
}
