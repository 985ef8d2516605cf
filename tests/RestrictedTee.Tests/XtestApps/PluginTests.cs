using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Driver;
using RestrictedTee.NormalWorld.Shm;
using RestrictedTee.NormalWorld.Supplicant;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Abi;
using RestrictedTee.SmcTransport.Board;
using RestrictedTee.Tests.Harness;
using RestrictedTee.Xtest;

namespace RestrictedTee.Tests.XtestApps;

/// <summary>Plug-ins of the supplicant: those that behave badly, and requests that are none.</summary>
public sealed class PluginTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private const ulong Input = (ulong)OpteeMsgAttr.ValueInput, Both = (ulong)OpteeMsgAttr.ValueInOut, Memory = (ulong)OpteeMsgAttr.RmemInOut;

    /// <summary>Types of the four parameters, the function, and the answer.</summary>
    public static TheoryData<ulong[], ulong, uint> Requests => new()
    {
        { [Input, Input, Both, Memory], OpteeRpc.SuppPluginInvoke, (uint)TeecResult.Success },
        { [Input, Input, Both, Memory], OpteeRpc.SuppPluginInvoke + 1, (uint)TeecResult.NotSupported },
        { [Input, Input, Both], OpteeRpc.SuppPluginInvoke, (uint)TeecResult.BadParameters },
        { [Input, Input, Both, Memory, Input], OpteeRpc.SuppPluginInvoke, (uint)TeecResult.BadParameters },
        { [Both, Input, Both, Memory], OpteeRpc.SuppPluginInvoke, (uint)TeecResult.BadParameters },
        { [Input, Both, Both, Memory], OpteeRpc.SuppPluginInvoke, (uint)TeecResult.BadParameters },
        { [Input, Input, Input, Memory], OpteeRpc.SuppPluginInvoke, (uint)TeecResult.BadParameters },
        { [Input, Input, Both, Memory - 1], OpteeRpc.SuppPluginInvoke, (uint)TeecResult.BadParameters },
        { [Input, Input, Both, Both], OpteeRpc.SuppPluginInvoke, (uint)TeecResult.BadParameters },
    };

    [Theory]
    [MemberData(nameof(Requests))]
    public void A_request_to_a_plug_in_has_one_shape(ulong[] types, ulong function, uint expected)
    {
        var plugins = new PluginTable();
        plugins.Add(new Imitation(Guid.Empty, (_, _, _) => (TeecResult.Success, 0)));
        TeeIoctlParam[] parameters = [.. types.Select(type => new TeeIoctlParam { Attr = type, C = type >= Memory - 1 ? TeeIoctl.MemrefNull : 0 })];
        parameters[0].A = function;

        Assert.Equal((TeecResult)expected, plugins.Serve(parameters, new SupplicantRequest((uint)OpteeRpcCommand.SuppPlugin, parameters, new ShmBlock?[types.Length])));
    }

    [Fact]
    public void Two_plug_ins_of_one_uuid_are_refused()
    {
        var plugins = new PluginTable();
        plugins.Add(new TestPlugin());

        Assert.Throws<InvalidOperationException>(() => plugins.Add(new TestPlugin()));
    }

    [Theory]
    [InlineData(ConduitAbi.Smc)]
    [InlineData(ConduitAbi.Ffa)]
    public void A_plug_in_that_throws_costs_its_own_request(ConduitAbi abi)
    {
        using var tee = new InProcessTee(abi: abi);
        var wild = new Imitation(Guid.Empty, (_, _, _) => throw new InvalidOperationException("wild"));
        tee.Plugins.Add(wild); // the UUID of which the TA says that nobody has it
        using TeeContext context = tee.OpenContext();
        using TeeSession session = context.OpenSession(SuppPlugin.Uuid);

        Assert.Equal(TeecResult.Generic, session.TryInvoke(SuppPlugin.CommandUnknownUuid, null, out _));

        var sum = new Operation(Parameter.ValueInOut(1, 2), Parameter.ValueInput('+'));
        Assert.Equal(TeecResult.Success, session.TryInvoke(SuppPlugin.CommandPassValues, sum, out _));
        Assert.Equal(3u, sum[0].A);
    }

    [Fact]
    public async Task A_plug_in_that_waits_keeps_no_other_request_waiting()
    {
        using var isIn = new ManualResetEventSlim();
        using var mayGo = new ManualResetEventSlim();
        using var tee = new InProcessTee(plugin: new Imitation(SuppPlugin.Plugin.Uuid, (command, _, _) =>
        {
            if (command == SuppPlugin.Plugin.CommandPassValues)
            {
                isIn.Set();
                mayGo.Wait(Deadline);
            }

            return (TeecResult.Success, 0);
        }));
        using TeeContext context = tee.OpenContext();
        using TeeSession session = context.OpenSession(SuppPlugin.Uuid);
        Task<TeecResult> waiting = Task.Run(() => session.TryInvoke(SuppPlugin.CommandPassValues, new Operation(Parameter.ValueInOut(1, 2), Parameter.ValueInput('+')), out _));
        Assert.True(isIn.Wait(Deadline));

        using TeeSession loaded = await Task.Run(() => context.OpenSession(TestTa.SocketRelay)).WaitAsync(Deadline);

        Assert.False(waiting.IsCompleted);
        mayGo.Set();
        Assert.Equal(TeecResult.Success, await waiting.WaitAsync(Deadline));
    }

    [Theory]
    [InlineData(SystemPta.LargestPluginData, TeecResult.Success)]
    [InlineData(SystemPta.LargestPluginData + 1, TeecResult.OutOfMemory)]
    public void A_plug_in_gets_so_much_and_no_more(int size, TeecResult expected)
    {
        using var tee = new InProcessTee();
        using TeeContext context = tee.OpenContext();
        using TeeSession session = context.OpenSession(SuppPlugin.Uuid);

        Assert.Equal(expected, session.TryInvoke(SuppPlugin.CommandWriteArray, new Operation(Parameter.TempInOut(new byte[size]), Parameter.ValueOutput()), out _));
    }

    [Fact]
    public void A_plug_in_that_claims_a_longer_answer_than_there_is_room_writes_no_further()
    {
        using var tee = new InProcessTee(plugin: new Imitation(SuppPlugin.Plugin.Uuid, (_, _, data) =>
        {
            data.Fill(0x42);
            return (TeecResult.Success, int.MaxValue);
        }));
        using TeeContext context = tee.OpenContext();
        using TeeSession session = context.OpenSession(SuppPlugin.Uuid);
        byte[] room = new byte[32];
        var operation = new Operation(Parameter.TempOutput(room.AsMemory(0, 16)), Parameter.ValueOutput());

        Assert.Equal(TeecResult.Success, session.TryInvoke(SuppPlugin.CommandGetArray, operation, out _));

        Assert.Equal((uint)int.MaxValue, operation[1].A);
        Assert.All(room[..16], b => Assert.Equal(0x42, b));
        Assert.All(room[16..], b => Assert.Equal(0, b));
    }

    [Fact]
    public void Where_the_plug_in_is_not_its_ta_does_not_open()
    {
        using var tee = new InProcessTee(plugin: new Imitation(Guid.Empty, (_, _, _) => (TeecResult.Success, 0)));
        using TeeContext context = tee.OpenContext();

        Assert.Equal(TeecResult.ItemNotFound, context.TryOpenSession(SuppPlugin.Uuid, TeecLogin.Public, 0, null, out _, out TeecOrigin origin));
        Assert.Equal(TeecOrigin.TrustedApp, origin);
    }

    [Theory]
    [InlineData(SuppPlugin.Plugin.CommandPassValues, 7, TeecResult.BadParameters)]
    [InlineData(SuppPlugin.Plugin.CommandPassValues, 8, TeecResult.Success)]
    [InlineData(SuppPlugin.Plugin.CommandWriteArray, 0, TeecResult.BadParameters)]
    [InlineData(SuppPlugin.Plugin.CommandGetArray, 17, TeecResult.Generic)]
    [InlineData(SuppPlugin.Plugin.CommandGetArray + 1, 64, TeecResult.NotSupported)]
    public void The_test_plug_in_looks_at_what_it_is_given(uint command, int size, TeecResult expected) =>
        Assert.Equal(expected, new TestPlugin().Invoke(command, 0, new byte[size], out _));

    private delegate (TeecResult Result, int Size) Behaviour(uint command, uint subCommand, Span<byte> data);

    private sealed class Imitation(Guid uuid, Behaviour behaviour) : ISupplicantPlugin
    {
        public Guid Uuid => uuid;

        public TeecResult Invoke(uint command, uint subCommand, Span<byte> data, out int size)
        {
            (TeecResult result, size) = behaviour(command, subCommand, data);
            return result;
        }
    }
}
