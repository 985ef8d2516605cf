using RestrictedTee.SecureWorld.Kernel.Threads;
using RestrictedTee.SmcTransport.Abi;
using RestrictedTee.SmcTransport.Abi.Ffa;
using RestrictedTee.SmcTransport.Conduits;
using RestrictedTee.SmcTransport.Frames;
using RestrictedTee.Tests.Ffa;
using RestrictedTee.Tests.Harness;

namespace RestrictedTee.Tests.Hostile;

/// <summary>
/// Arithmetic is checked everywhere, so a register that is multiplied or added to before it is looked at is an internal error.
/// Every call is made with every register at its extremes, past the border that would catch it.
/// </summary>
public sealed class ExtremeRegisterTests
{
    private static readonly ulong[] Extremes =
    [
        0, 1, 0xFFF, 0x1000, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_F000, 0xFFFF_FFFF, 0x1_0000_0000, 1UL << 52, 0x7FFF_FFFF_FFFF_FFFF, 1UL << 63, 0xFFFF_FFFF_FFFF_F000, ulong.MaxValue,
    ];

    public static TheoryData<uint> FfaNumbers => [.. Enumerable.Range(0x60, 0x90).SelectMany(i => new[] { 0x8400_0000 + (uint)i, 0xC400_0000 + (uint)i })];

    public static TheoryData<uint> SmcNumbers => [.. OpteeSmc.Calls.Rows.Select(row => (uint)row.Number), .. OpteeFfa.Services.Rows.Select(row => (uint)row.Number), .. SipDevices.Calls.Rows.Select(row => (uint)row.Number)];

    [Theory]
    [MemberData(nameof(FfaNumbers))]
    public void An_ffa_call_with_extreme_registers_is_answered(uint function)
    {
        using var world = new SpmcWorld();

        foreach (SpmcWorld.Actor caller in new[] { world.NormalWorld, world.Echo[0] })
        {
            foreach (SmcFrame frame in Frames(function, registers: 8))
            {
                SmcFrame answer = world.Call(caller, frame);

                Assert.True(answer.A0 != FfaFunction.Error || answer.Status() != FfaStatus.Aborted, $"{function:x} ended in an internal error: {Describe(frame)}");
            }
        }
    }

    [Fact]
    public void A_count_of_pages_that_overflows_is_an_invalid_parameter()
    {
        using var world = new SpmcWorld();
        world.Call(world.NormalWorld, FfaFunction.RxTxUnmap);
        SmcFrame frame = default;
        (frame.A0, frame[1], frame[2], frame[3]) = (FfaFunction.RxTxMap64, world.NormalWorld.Ram, world.NormalWorld.Ram + 0x1000, 1UL << 52);

        Assert.Equal(FfaStatus.InvalidParameters, world.Call(world.NormalWorld, frame).Status());
    }

    [Fact]
    public void A_partition_that_is_told_to_use_the_last_page_of_all_takes_a_data_abort()
    {
        using var world = new SpmcWorld();

        foreach (uint command in new[] { Contracts.EchoPartitions.CommandPeek, Contracts.EchoPartitions.CommandPoke, Contracts.EchoPartitions.CommandProxy })
        {
            foreach (uint low in new[] { 0xFFFF_F000, uint.MaxValue })
                Assert.Equal(Contracts.EchoPartitions.Failed, PinnedMemoryTests.Ask(world, world.Echo[0], 0, command, low, uint.MaxValue).A3);
        }
    }

    [Theory]
    [MemberData(nameof(SmcNumbers))]
    public void An_smc_with_extreme_registers_is_answered(uint function)
    {
        using var tee = new InProcessTee();
        var thread = new TeeThread(new NoConduit(), number: 60, isFastOnly: false);

        foreach (SmcFrame frame in Frames(function, registers: 8))
        {
            SmcFrame answer = frame;
            tee.Os.Entry.Handle(ref answer, thread); // a defect of the kernel is an exception here
        }
    }

    [Fact]
    public void A_service_over_ffa_with_extreme_registers_is_answered()
    {
        using var world = new SpmcWorld();

        foreach (AbiRow service in OpteeFfa.Services.Rows)
        {
            foreach (SmcFrame extreme in Frames(FfaFunction.MsgSendDirectReq32, registers: 8))
            {
                SmcFrame frame = extreme;
                (frame.A1, frame.A2, frame.A3) = (PartitionId.Tee.Value, 0, (uint)service.Number);

                Assert.Equal(FfaFunction.MsgSendDirectResp32, world.Call(world.NormalWorld, frame).A0);
            }
        }
    }

    public static TheoryData<uint, bool> Commands
    {
        get
        {
            var data = new TheoryData<uint, bool>();
            foreach (AbiRow row in OpteeMsg.Commands.Rows.Where(row => row.Reach.HasFlag(Reach.Smc)))
            {
                data.Add((uint)row.Number, false);
                data.Add((uint)row.Number, true);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void A_message_with_extreme_parameters_is_answered(uint command, bool isDynamic)
    {
        ulong[] flags = [0, OpteeMsg.AttrMeta, OpteeMsg.AttrNoncontig];
        using var tee = new InProcessTee(board: isDynamic ? InProcessTee.DynamicBoard : InProcessTee.SmallBoard);

        foreach (uint count in new uint[] { 1, 2, 4 })
        {
            foreach (ulong attributes in Enum.GetValues<OpteeMsgAttr>().SelectMany(type => flags.Select(flag => (ulong)type | flag)))
            {
                foreach (ulong extreme in Extremes)
                {
                    foreach ((ulong a, ulong b, ulong c) in new[] { (extreme, 1UL, 1UL), (tee.Board.NormalRam.Base, extreme, 1UL), (1UL, 1UL, extreme), (extreme, extreme, extreme) })
                    {
                        // What opens a session names a TA that needs no RPC, since nobody here would serve one.
                        bool opens = command == (uint)OpteeMsgCommand.OpenSession;
                        OpteeMessage message = opens ? RawMessages.OpenSession(Contracts.HelloWorld.Uuid) : default;
                        int first = opens ? RawMessages.OpenSessionParameters : 0;
                        (message.Arg.Command, message.Arg.Session, message.Arg.ParameterCount) = (command, unchecked((uint)extreme), (uint)first + count);
                        for (int i = first; i < first + count; i++)
                            message.Params[i] = new OpteeMsgParam { Attr = attributes, A = a, B = b, C = c };

                        Assert.True(tee.Message(ref message) == OpteeSmc.ReturnOk, $"command {command} ended in an internal error: attributes {attributes:x}, {a:x} {b:x} {c:x}");
                    }
                }
            }
        }

        tee.AssertStillServes();
    }

    /// <summary>One register extreme and the others small, and all of them extreme.</summary>
    private static IEnumerable<SmcFrame> Frames(uint function, int registers)
    {
        foreach (ulong extreme in Extremes)
        {
            for (int register = 1; register < registers; register++)
            {
                foreach (ulong rest in new ulong[] { 0, 1, extreme })
                {
                    SmcFrame frame = default;
                    for (int i = 1; i < registers; i++)
                        frame[i] = i == register ? extreme : rest;
                    frame.A0 = function;
                    yield return frame;
                }
            }
        }
    }

    private static string Describe(SmcFrame frame) => string.Join(' ', Enumerable.Range(0, 8).Select(i => frame[i].ToString("x")));

    private sealed class NoConduit : IConduit
    {
        public bool TrySend(in SmcFrame frame) => false;

        public bool TryReceive(ref SmcFrame frame) => false;

        public void Dispose()
        {
        }
    }
}
