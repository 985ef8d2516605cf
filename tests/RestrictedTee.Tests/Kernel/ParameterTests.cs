using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Abi;
using RestrictedTee.SmcTransport.Board;
using RestrictedTee.Tests.Harness;

namespace RestrictedTee.Tests.Kernel;

public sealed class ParameterTests : IDisposable
{
    private readonly InProcessTee _tee = new();

    public void Dispose() => _tee.Dispose();

    [Fact]
    public void Every_parameter_type_mask_but_the_right_one_is_refused_before_the_ta()
    {
        using TeeContext context = _tee.OpenContext();
        using TeeSession session = context.OpenSession(TestTa.Typed, operation: new Operation(Parameter.ValueInput(42)));
        var message = default(OpteeMessage);
        uint raw = RawSession(ref message);
        int reached = 0;

        for (int mask = 0; mask <= ushort.MaxValue; mask++)
        {
            message = default;
            message.Arg.Command = (uint)OpteeMsgCommand.InvokeCommand;
            message.Arg.Session = raw;
            message.Arg.ParameterCount = 4;
            bool known = true;
            for (int i = 0; i < 4; i++)
            {
                uint type = (uint)(mask >> (i * 4)) & 0xF;
                known &= type is <= 3 or >= 5 and <= 7 or >= 9 and <= 11;
                // Memrefs are null ones, so that only their types are at issue.
                message.Params[i].Attr = type is >= 5 and <= 7 ? type + 4 : type;
            }

            uint code = _tee.Message(ref message);

            Assert.Equal(OpteeSmc.ReturnOk, code);
            if (message.Arg.Result == 0)
                reached++;
            else
                Assert.Equal((uint)TeecResult.BadParameters, message.Arg.Result);
            Assert.True(known || message.Arg.ResultOrigin == (uint)TeecOrigin.Tee);
        }

        // value in, value in/out, memref in, memref out; each memref in its registered or its temporary numbers.
        Assert.Equal(4, reached);
        var count = new Operation(Parameter.ValueOutput());
        session.Invoke(1, count);
        Assert.Equal(4u, count[0].A);
    }

    [Theory]
    [InlineData(ConduitAbi.Smc, Direction.Input)]
    [InlineData(ConduitAbi.Smc, Direction.Output)]
    [InlineData(ConduitAbi.Ffa, Direction.Input)]
    [InlineData(ConduitAbi.Ffa, Direction.Output)]
    public void A_null_memref_with_a_size_is_refused_before_the_ta(ConduitAbi abi, Direction direction)
    {
        using var tee = new InProcessTee(abi: abi);
        using TeeContext context = tee.OpenContext();
        using TeeSession session = context.OpenSession(Contracts.OsTest.Uuid);
        var operation = new Operation(Parameter.Null(direction) with { Size = 1 });

        TeecResult result = session.TryInvoke(Contracts.OsTest.CommandBasic, operation, out TeecOrigin origin);

        Assert.Equal((TeecResult.BadParameters, TeecOrigin.Tee), (result, origin));
    }

    [Fact]
    public void Every_parameter_count_from_0_to_255_gets_an_answer()
    {
        for (uint count = 0; count <= 255; count++)
        {
            foreach (OpteeMsgCommand command in Enum.GetValues<OpteeMsgCommand>())
            {
                var message = default(OpteeMessage);
                message.Arg.Command = (uint)command;
                message.Arg.ParameterCount = count;

                uint code = _tee.Message(ref message);

                uint[] allowed = count > OpteeMsg.MaxParameters ? [OpteeSmc.ReturnEBadAddr] : [OpteeSmc.ReturnOk, OpteeSmc.ReturnEBadCmd];
                Assert.Contains(code, allowed);
                bool parameterless = command is OpteeMsgCommand.DoBottomHalf or OpteeMsgCommand.StopAsyncNotif;
                if (code == OpteeSmc.ReturnOk && !parameterless)
                    Assert.NotEqual(0u, message.Arg.Result);
            }
        }

        _tee.AssertStillServes();
    }

    [Fact]
    public void Opening_a_session_takes_the_shapes_that_the_ta_declares_and_no_other()
    {
        using TeeContext context = _tee.OpenContext();

        Assert.Equal(TeecResult.BadParameters, context.TryOpenSession(TestTa.Typed, TeecLogin.Public, 0, null, out _, out _));
        Assert.Equal(TeecResult.AccessDenied, context.TryOpenSession(TestTa.Typed, TeecLogin.Public, 0, new Operation(Parameter.ValueInput(1)), out _, out _));
        Assert.Equal(TeecResult.BadParameters, context.TryOpenSession(Contracts.HelloWorld.Uuid, TeecLogin.Public, 0, new Operation(Parameter.ValueInput(1)), out _, out _));
        Assert.Equal(TeecResult.ItemNotFound, context.TryOpenSession(Guid.NewGuid(), TeecLogin.Public, 0, null, out _, out TeecOrigin origin));
        Assert.Equal(TeecOrigin.Tee, origin);
    }

    [Fact]
    public void Invariant_4_ids_of_one_context_mean_nothing_in_another()
    {
        using TeeContext one = _tee.OpenContext();
        using TeeContext two = _tee.OpenContext();
        using TeeSession session = one.OpenSession(Contracts.HelloWorld.Uuid);
        using SharedMemory memory = one.AllocateSharedMemory(4096);
        using TeeSession other = two.OpenSession(Contracts.OsTest.Uuid);
        var invoke = new NormalWorld.Uapi.TeeIoctlInvokeArg { Session = session.Id };
        var withMemory = new NormalWorld.Uapi.TeeIoctlInvokeArg { Session = other.Id, Func = Contracts.OsTest.CommandBasic };
        NormalWorld.Uapi.TeeIoctlParam[] parameters = [new() { Attr = 5, B = 32, C = (ulong)memory.Id }];

        Assert.Equal(Errno.EINVAL, Assert.Throws<NormalWorld.Uapi.TeeDriverException>(() => two.Device.Invoke(ref invoke, [])).Errno);
        Assert.Equal(Errno.EINVAL, Assert.Throws<NormalWorld.Uapi.TeeDriverException>(() => two.Device.CloseSession(session.Id)).Errno);
        Assert.Equal(Errno.EINVAL, Assert.Throws<NormalWorld.Uapi.TeeDriverException>(() => two.Device.Cancel(0, session.Id)).Errno);
        Assert.Equal(Errno.EINVAL, Assert.Throws<NormalWorld.Uapi.TeeDriverException>(() => two.Device.Invoke(ref withMemory, parameters)).Errno);
    }

    [Theory]
    [InlineData(0x8000_0000u, Errno.EPERM)]
    [InlineData(0xBFFF_FFFFu, Errno.EPERM)]
    [InlineData(4u, Errno.EINVAL)]
    [InlineData(3u, Errno.EINVAL)]
    [InlineData(0xF000_0000u, Errno.EINVAL)]
    public void A_login_that_is_not_a_clients_is_refused(uint login, Errno expected)
    {
        using TeeContext context = _tee.OpenContext();
        var argument = new NormalWorld.Uapi.TeeIoctlOpenSessionArg
        {
            Uuid = NormalWorld.Uapi.UuidBytes.From(ProtectedMemoryPta.Uuid),
            ClientLogin = login,
        };

        Assert.Equal(expected, Assert.Throws<NormalWorld.Uapi.TeeDriverException>(() => context.Device.OpenSession(ref argument, [])).Errno);
    }

    [Fact]
    public void The_protected_memory_pseudo_ta_opens_for_the_kernel_alone()
    {
        using TeeContext context = _tee.OpenContext();

        Assert.Equal(TeecResult.AccessDenied, context.TryOpenSession(ProtectedMemoryPta.Uuid, TeecLogin.Public, 0, null, out _, out _));
        Assert.Equal(TeecResult.AccessDenied, context.TryOpenSession(ProtectedMemoryPta.Uuid, TeecLogin.User, 0, null, out _, out _));
    }

    [Fact]
    public void A_ta_can_ask_whether_it_runs_in_an_emulation_and_what_time_it_is()
    {
        using TeeContext context = _tee.OpenContext();
        using TeeSession session = context.OpenSession(TestTa.Properties);
        byte[] protection = new byte[16];
        var emulation = new Operation(Parameter.ValueOutput(), Parameter.TempOutput(protection));
        var time = new Operation(Parameter.ValueOutput());

        session.Invoke(0, emulation);
        session.Invoke(1, time);

        Assert.Equal(1u, emulation[0].A);
        Assert.Contains(System.Text.Encoding.ASCII.GetString(protection, 0, emulation[1].Size), new[] { "secretmem", "locked", "anonymous" });
        Assert.InRange(time[0].A, 1_600_000_000u, uint.MaxValue);
        Assert.True(context.GetPlatform().IsEmulation);
    }

    private uint RawSession(ref OpteeMessage message)
    {
        message = RawMessages.OpenSession(TestTa.Typed);
        message.Arg.ParameterCount = 3;
        message.Params[2] = new OpteeMsgParam { Attr = (ulong)OpteeMsgAttr.ValueInput, A = 42 };
        Assert.Equal(OpteeSmc.ReturnOk, _tee.Message(ref message));
        Assert.Equal(0u, message.Arg.Result);
        return message.Arg.Session;
    }
}
