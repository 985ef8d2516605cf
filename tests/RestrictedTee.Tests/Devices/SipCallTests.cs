using System.Runtime.InteropServices;
using RestrictedTee.SmcTransport.Abi;
using RestrictedTee.SmcTransport.Board;

namespace RestrictedTee.Tests.Devices;

/// <summary>Registers by SiP service calls, over either conduit ABI.</summary>
public sealed class SipCallTests
{
    [Theory]
    [InlineData(ConduitAbi.Smc)]
    [InlineData(ConduitAbi.Ffa)]
    public void Every_sip_call_of_the_table_is_dispatched_and_no_other(ConduitAbi abi)
    {
        using var bench = new DeviceBench(BusMasterNames.CryptoEngine, abi);

        Assert.Equal(SipDevices.Calls.Rows.Select(row => (uint)row.Number).Order(), bench.Tee.Os.Entry.Served.Order());
        Assert.Equal(OpteeSmc.ReturnUnknownFunction, (uint)bench.Sip(0x8200_00ff).Code);
        Assert.Equal(OpteeSmc.ReturnUnknownFunction, (uint)bench.Sip(0xC200_ffff).Code);
        bench.Tee.AssertStillServes();
    }

    [Fact]
    public void A_device_or_a_register_that_is_not_there_is_an_invalid_parameter_whatever_its_number()
    {
        using var bench = new DeviceBench(BusMasterNames.CryptoEngine);
        foreach (ulong odd in new[] { 1UL << 31, 1UL << 32, ulong.MaxValue, 77UL })
        {
            Assert.Equal(SipDevices.InvalidParameter, bench.Sip(SipDevices.RegisterRead, odd, DeviceRegisters.Ended).Code);
            Assert.Equal(SipDevices.InvalidParameter, bench.Sip(SipDevices.RegisterRead, bench.Device, odd).Code);
            Assert.Equal(SipDevices.InvalidParameter, bench.Sip(SipDevices.RegisterWrite, bench.Device, odd, 1).Code);
            if (odd <= uint.MaxValue) // a1 has 32 bits
                Assert.Equal(SipDevices.InvalidParameter, bench.Sip(SipDevices.DeviceInfo, odd).Code);
        }

        Assert.Equal(SipDevices.InvalidParameter, bench.Sip(SipDevices.RegisterRead, bench.Device, DeviceRegisters.Doorbell).Code);
    }

    [Fact]
    public void A_doorbell_with_any_value_ends_as_a_bad_descriptor_and_the_device_goes_on()
    {
        using var bench = new DeviceBench(BusMasterNames.CryptoEngine);
        ulong ended = bench.Read(DeviceRegisters.Ended);
        foreach (ulong address in new[] { 0UL, 1UL, 0x0f00_0000UL, ulong.MaxValue, ulong.MaxValue - 7 })
        {
            Assert.Equal(SipDevices.Success, bench.Sip(SipDevices.RegisterWrite, bench.Device, DeviceRegisters.Doorbell, address).Code);
            bench.WaitUntilEnded(++ended);
            Assert.Equal(DeviceResult.BadDescriptor, (DeviceResult)bench.Read(DeviceRegisters.Result));
        }
    }

    [Fact]
    public void Descriptors_are_laid_out_as_they_say()
    {
        Assert.Equal((CryptoDescriptor.Size, DescriptorHead.Size), (Marshal.SizeOf<CryptoDescriptor>(), Marshal.SizeOf<DescriptorHead>()));
        Assert.Equal((nint)DescriptorHead.StatusOffset, Marshal.OffsetOf<DescriptorHead>(nameof(DescriptorHead.Status)));
    }
}
