using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.DmaBuf;
using RestrictedTee.NormalWorld.Peripherals;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Abi;
using RestrictedTee.SmcTransport.Conduits;
using RestrictedTee.SmcTransport.Frames;
using RestrictedTee.Tests.Harness;

namespace RestrictedTee.Tests.Hostile;

/// <summary>A secure world that answers with garbage gets an errno to its caller, and neither ends nor stops the normal world.</summary>
public sealed class HostileSecureWorldTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(60);

    /// <summary>Numbers that do not fit, wrap or are too many.</summary>
    public static TheoryData<ulong> Odd => [65, int.MaxValue, 1UL << 31, 1UL << 32, 1UL << 63, ulong.MaxValue];

    [Theory]
    [MemberData(nameof(Odd))]
    public void A_number_of_devices_that_cannot_be_is_no_device(ulong count)
    {
        using InProcessTee tee = Lying(frame => frame.A0 == SipDevices.DeviceCount, (ref answer) => answer[1] = count);

        Assert.Equal(Errno.ENODEV, Assert.Throws<TeeDriverException>(() => tee.Host.Peripherals).Errno);
    }

    [Fact]
    public void A_number_of_devices_that_comes_with_a_refusal_is_none()
    {
        using InProcessTee tee = Lying(frame => frame.A0 == SipDevices.DeviceCount, (ref answer) => answer[0] = OpteeSmc.ReturnUnknownFunction);

        Assert.Equal(Errno.ENODEV, Assert.Throws<TeeDriverException>(() => tee.Host.Peripherals).Errno);
    }

    [Theory]
    [MemberData(nameof(Odd))]
    public void A_device_at_a_row_that_the_board_does_not_have_is_bound_to_no_driver(ulong row)
    {
        using InProcessTee tee = Lying(frame => frame.A0 == SipDevices.DeviceInfo, (ref answer) => answer[1] = row);

        try
        {
            Assert.False(tee.Host.Peripherals.Has("crypto-engine"));
        }
        catch (TeeDriverException e)
        {
            Assert.Equal(Errno.ENODEV, e.Errno);
        }
    }

    [Theory]
    [MemberData(nameof(Odd))]
    public void Registers_of_any_value_are_numbers(ulong value)
    {
        using InProcessTee tee = Lying(frame => frame.A0 == SipDevices.RegisterRead, (ref answer) => (answer[0], answer[1]) = (SipDevices.Success, value));
        BoardPeripherals devices = tee.Host.Peripherals;

        Assert.True(devices.Display.Frames >= 0);
        Assert.Equal(unchecked((uint)value), devices.Display.Crc);
        Assert.NotNull(devices.Touch.Take());
    }

    [Theory]
    [MemberData(nameof(Odd))]
    public void A_count_of_ended_jobs_that_jumps_ends_no_more_jobs_than_there_are_and_the_interrupts_go_on(ulong ended)
    {
        bool lies = false;
        using InProcessTee tee = Lying(frame => Volatile.Read(ref lies) && frame.A0 == SipDevices.RegisterRead && frame[2] == DeviceRegisters.Ended, (ref answer) => answer[1] = ended);
        using TeeContext context = tee.OpenContext();
        using DmaBufHandle source = context.AllocateRestricted("system", 4096), destination = context.AllocateRestricted("system", 4096);
        CryptoEngine engine = tee.Host.Peripherals.CryptoEngine;
        Volatile.Write(ref lies, true);
        var copy = new CryptoJob(CryptoOperation.Copy, new DmaRegion(source), new DmaRegion(destination), 4096);

        for (int i = 0; i < 3; i++)
            Assert.True(engine.Submit(copy).Fence.Wait(Long));

        Assert.Equal((0, 0), (source.Info.Attachments, destination.Info.Attachments));
    }

    [Fact]
    public void A_tee_that_gives_a_session_id_twice_gives_an_answer_to_both()
    {
        ulong page = 0;
        InProcessTee? lying = null;
        using InProcessTee tee = lying = Lying(
            frame => frame.A0 == OpteeSmc.CallWithRpcArg && (page = frame.A1A2) != 0 && lying is not null,
            (ref _) =>
            {
                Span<byte> bytes = lying!.Bank.GetSpan(page - lying.Board.NormalRam.Base, OpteeMsg.PageSize);
                var message = default(OpteeMessage);
                message.ReadHead(bytes);
                if (message.Arg.Command != (uint)OpteeMsgCommand.OpenSession)
                    return;
                message.Arg.Session = 7;
                message.WriteTo(bytes, (int)message.Arg.ParameterCount);
            });
        using TeeContext context = tee.OpenContext();
        using TeeSession first = context.OpenSession(Contracts.HelloWorld.Uuid), second = context.OpenSession(Contracts.HelloWorld.Uuid);

        Assert.NotEqual(TeecResult.Success, second.TryInvoke(Contracts.HelloWorld.CommandNothing, null, out _));
    }

    private delegate void Lie(ref SmcFrame answer);

    private static InProcessTee Lying(Predicate<SmcFrame> when, Lie lie) =>
        new(hasInterrupts: true, wrap: conduit => new LyingConduit(conduit, when, lie));

    /// <summary>A conduit to a secure world that answers some calls as a test wants it to.</summary>
    private sealed class LyingConduit(IConduit honest, Predicate<SmcFrame> when, Lie lie) : IConduit
    {
        private bool _lies;

        public bool TrySend(in SmcFrame frame)
        {
            _lies = when(frame);
            return honest.TrySend(frame);
        }

        public bool TryReceive(ref SmcFrame frame)
        {
            if (!honest.TryReceive(ref frame))
                return false;
            if (_lies)
                lie(ref frame);
            return true;
        }

        public void Dispose() => honest.Dispose();
    }
}
