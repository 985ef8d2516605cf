using RestrictedTee.NormalWorld.Driver;
using RestrictedTee.NormalWorld.Shm;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Abi;
using RestrictedTee.SmcTransport.NormalRam;
using RestrictedTee.Tests.Interleaving;

namespace RestrictedTee.Tests.Driver;

/// <summary>What the driver does on the secure world's behalf ends when that has gone, and an RPC is always answered.</summary>
public sealed class EndOfWorldTests : IDisposable
{
    private readonly RamBank _bank = RamBank.Create(PhysicalRange.Create(new PhysicalAddress(0x4000_0000), 4 * PhysicalAddress.PageSize), "rpc");

    public void Dispose() => _bank.Dispose();

    [Theory]
    [InlineData(OpteeRpcCommand.Notification)]
    [InlineData(OpteeRpcCommand.Suspend)]
    public void A_wait_for_the_tee_ends_when_the_tee_has_gone(OpteeRpcCommand command)
    {
        var rpc = new RpcHandler(new SupplicantQueue(), () => null!);
        TeecResult result = default;
        // For good: notification 7, and as many milliseconds as there are.
        ulong first = command == OpteeRpcCommand.Suspend ? int.MaxValue : OpteeRpc.NotificationWait;
        ScheduledThread call = ScheduledThread.Run(() => result = Command(rpc, command, first, 7));
        Assert.False(call.HasEnded);

        rpc.Close();

        call.Finish();
        Assert.Equal(TeecResult.Communication, result);
    }

    [Fact]
    public void A_fault_while_an_rpc_is_served_is_an_answer()
    {
        var rpc = new RpcHandler(new SupplicantQueue(), () => throw new InvalidOperationException("a fault"));

        Assert.Equal(TeecResult.Generic, Command(rpc, OpteeRpcCommand.ShmAlloc, 0, 4096));
    }

    [Fact]
    public void What_the_tee_was_given_is_taken_back_when_it_has_gone()
    {
        var rpc = new RpcHandler(new SupplicantQueue(), () => null!);
        int freed = 0;
        for (ulong cookie = 1; cookie <= 3; cookie++)
            rpc.Keep(cookie, new ShmBlock(_bank, 0, 16, () => freed++));

        rpc.FreeAll();
        rpc.FreeAll();

        Assert.Equal(3, freed);
    }

    private static TeecResult Command(RpcHandler rpc, OpteeRpcCommand command, ulong a, ulong b)
    {
        var message = default(OpteeMessage);
        message.Arg.Command = (uint)command;
        message.Arg.ParameterCount = 1;
        message.Params[0] = new OpteeMsgParam { Attr = (ulong)OpteeMsgAttr.ValueInput, A = a, B = b };
        byte[] argument = new byte[OpteeMsg.ArgSize(OpteeSmc.RpcParameterCount)];
        message.WriteTo(argument, 1);
        rpc.Command(argument);
        message.ReadHead(argument);
        return (TeecResult)message.Arg.Result;
    }
}
