using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Abi;
using RestrictedTee.SmcTransport.Board;

namespace RestrictedTee.Tests.Devices;

/// <summary>The touch controller: its events reach a TA and nobody else while it is secure.</summary>
public sealed class TouchTests : IDisposable
{
    private static readonly Guid Touching = new("0b5d5c8e-1f0a-4b57-9c44-52f6d8a1e0e7");

    private readonly DeviceBench _bench = new(BusMasterNames.TouchController);
    private readonly TeeContext _context;

    public TouchTests() => _context = _bench.Tee.OpenContext();

    public void Dispose()
    {
        _context.Dispose();
        _bench.Dispose();
    }

    [Fact]
    public void The_normal_world_reads_touches_while_no_ta_has_the_device()
    {
        Touch(3, 4);

        Assert.Equal((0UL, 1UL, TouchRegisters.Pack(3, 4, true)), (_bench.Read(TouchRegisters.IsSecure), _bench.Read(TouchRegisters.Count), _bench.Read(TouchRegisters.Event)));
        Assert.Equal(SipDevices.InvalidParameter, _bench.Sip(SipDevices.RegisterRead, _bench.Device, TouchRegisters.Event).Code);
    }

    [Fact]
    public void A_touch_while_a_ta_has_the_device_is_the_tas_alone()
    {
        using TeeSession ta = _context.OpenSession(Touching);
        Touch(1, 1);
        ta.Invoke(0);
        _bench.Sip(SipDevices.InterruptsTake);
        Touch(10, 20);

        Assert.Equal((1UL, 0UL), (_bench.Read(TouchRegisters.IsSecure), _bench.Read(TouchRegisters.Count)));
        Assert.Equal(SipDevices.InvalidParameter, _bench.Sip(SipDevices.RegisterRead, _bench.Device, TouchRegisters.Event).Code);
        Assert.Equal(0UL, _bench.Sip(SipDevices.InterruptsTake).Value);
        Assert.Equal((TeecResult.Success, 10u, 20u), Take(ta));
        Assert.Equal(TeecResult.ItemNotFound, Take(ta).Result);

        Touch(30, 40);
        ta.Invoke(2);
        Assert.Equal((0UL, 0UL), (_bench.Read(TouchRegisters.IsSecure), _bench.Read(TouchRegisters.Count)));
    }

    [Fact]
    public void A_client_of_the_normal_world_cannot_take_the_device()
    {
        Assert.Equal(TeecResult.AccessDenied, _context.TryOpenSession(TouchPta.Uuid, TeecLogin.Public, 0, null, out _, out _));
    }

    [Fact]
    public void One_ta_at_a_time_has_the_device_and_one_that_panics_gives_it_back()
    {
        using TeeSession first = _context.OpenSession(Touching);
        using TeeSession second = _context.OpenSession(Touching);
        first.Invoke(0);

        Assert.Equal(TeecResult.Busy, second.TryInvoke(0, null, out _));
        Assert.Equal(TeecResult.TargetDead, first.TryInvoke(3, null, out _));

        Assert.True(SpinWait.SpinUntil(() => _bench.Read(TouchRegisters.IsSecure) == 0, TimeSpan.FromSeconds(20)));
    }

    private void Touch(ushort x, ushort y) =>
        Assert.Equal(SipDevices.Success, _bench.Sip(SipDevices.RegisterWrite, _bench.Device, TouchRegisters.Finger, TouchRegisters.Pack(x, y, isDown: true)).Code);

    private static (TeecResult Result, uint X, uint Y) Take(TeeSession ta)
    {
        var operation = new Operation(Parameter.ValueOutput(), Parameter.ValueOutput());
        TeecResult result = ta.TryInvoke(1, operation, out _);
        return (result, operation[0].A, operation[0].B);
    }
}
