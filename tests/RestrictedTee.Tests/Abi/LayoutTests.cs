using System.Runtime.InteropServices;
using RestrictedTee.NormalWorld.Device;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Abi;
using RestrictedTee.SmcTransport.Frames;

namespace RestrictedTee.Tests.Abi;

/// <summary>
/// Numbers and layouts that must never change: they are other people's. When one of these fails, the code is wrong, not the test.
/// </summary>
public sealed class LayoutTests
{
    [Theory]
    [InlineData(nameof(TeeIoctl.Version), 0x800ca400u)]
    [InlineData(nameof(TeeIoctl.ShmAlloc), 0xc010a401u)]
    [InlineData(nameof(TeeIoctl.OpenSession), 0x8010a402u)]
    [InlineData(nameof(TeeIoctl.Invoke), 0x8010a403u)]
    [InlineData(nameof(TeeIoctl.Cancel), 0x8008a404u)]
    [InlineData(nameof(TeeIoctl.CloseSession), 0x8004a405u)]
    [InlineData(nameof(TeeIoctl.SupplRecv), 0x8010a406u)]
    [InlineData(nameof(TeeIoctl.SupplSend), 0x8010a407u)]
    [InlineData(nameof(TeeIoctl.ShmRegisterFd), 0xc018a408u)]
    [InlineData(nameof(TeeIoctl.ShmRegister), 0xc018a409u)]
    [InlineData(nameof(TeeIoctl.RstmemAlloc), 0xc018a40au)]
    [InlineData(nameof(TeeIoctl.RstmemFdInfo), 0xc018a40bu)]
    [InlineData(nameof(TeeIoctl.DmaHeapAlloc), 0xc0184800u)]
    public void An_ioctl_has_the_number_of_the_kernel(string name, uint expected)
    {
        uint actual = (uint)typeof(TeeIoctl).GetField(name)!.GetValue(null)!;

        Assert.Equal(expected, actual);
    }

    [Fact]
    public void Structures_have_the_sizes_of_their_headers()
    {
        Assert.Equal(32, Marshal.SizeOf<OpteeMsgArg>());
        Assert.Equal(32, Marshal.SizeOf<OpteeMsgParam>());
        Assert.Equal(144, Marshal.SizeOf<SmcFrame>());
        Assert.Equal(56, Marshal.SizeOf<TeeIoctlOpenSessionArg>());
        Assert.Equal(24, Marshal.SizeOf<TeeIoctlInvokeArg>());
        Assert.Equal(32, Marshal.SizeOf<TeeIoctlParam>());
        Assert.Equal(24, Marshal.SizeOf<TeeIoctlRstmemAllocData>());
        Assert.Equal(24, Marshal.SizeOf<TeeIoctlRstmemFdInfoData>());
        Assert.Equal(24, Marshal.SizeOf<DmaHeapAllocationData>());
    }

    [Fact]
    public void Fields_have_the_offsets_of_their_headers()
    {
        Assert.Equal(OpteeMsgArg.SessionOffset, (int)Marshal.OffsetOf<OpteeMsgArg>(nameof(OpteeMsgArg.Session)));
        Assert.Equal(OpteeMsgArg.ResultOffset, (int)Marshal.OffsetOf<OpteeMsgArg>(nameof(OpteeMsgArg.Result)));
        Assert.Equal(OpteeMsgArg.ResultOriginOffset, (int)Marshal.OffsetOf<OpteeMsgArg>(nameof(OpteeMsgArg.ResultOrigin)));
        Assert.Equal(28, (int)Marshal.OffsetOf<OpteeMsgArg>(nameof(OpteeMsgArg.ParameterCount)));
        Assert.Equal(OpteeMsgParam.AOffset, (int)Marshal.OffsetOf<OpteeMsgParam>(nameof(OpteeMsgParam.A)));
        Assert.Equal(OpteeMsgParam.BOffset, (int)Marshal.OffsetOf<OpteeMsgParam>(nameof(OpteeMsgParam.B)));
        Assert.Equal(32, (int)Marshal.OffsetOf<TeeIoctlOpenSessionArg>(nameof(TeeIoctlOpenSessionArg.ClientLogin)));
        Assert.Equal(16, (int)Marshal.OffsetOf<TeeIoctlRstmemFdInfoData>(nameof(TeeIoctlRstmemFdInfoData.Size)));
    }

    [Theory]
    [InlineData(OpteeSmc.CallWithArg, 0x32000004u)]
    [InlineData(OpteeSmc.CallWithRpcArg, 0x32000012u)]
    [InlineData(OpteeSmc.CallWithRegdArg, 0x32000013u)]
    [InlineData(OpteeSmc.CallReturnFromRpc, 0x32000003u)]
    [InlineData(OpteeSmc.GetShmConfig, 0xb2000007u)]
    [InlineData(OpteeSmc.ExchangeCapabilities, 0xb2000009u)]
    [InlineData(OpteeSmc.GetThreadCount, 0xb200000fu)]
    [InlineData(OpteeSmc.GetAsyncNotifValue, 0xb2000011u)]
    [InlineData(OpteeSmc.GetProtmemConfig, 0xb2000014u)]
    [InlineData(OpteeSmc.CallsUid, 0xbf00ff01u)]
    [InlineData(OpteeSmc.CallsRevision, 0xbf00ff03u)]
    public void An_smc_has_the_function_id_of_optee_smc_h(uint actual, uint expected) => Assert.Equal(expected, actual);

    [Fact]
    public void Result_codes_of_both_worlds_are_the_same_numbers()
    {
        foreach (NormalWorld.Uapi.TeecResult client in Enum.GetValues<NormalWorld.Uapi.TeecResult>())
        {
            if (Enum.TryParse(client.ToString(), out Sdk.TeeResult tee))
                Assert.Equal((uint)client, (uint)tee);
        }
    }

    [Fact]
    public void A_client_uuid_is_the_name_based_uuid_of_the_kernel()
    {
        // uuid5(58ac9ca0-2086-4683-a1b8-ec4bc08e01b6, "uid=0"), computed with another implementation.
        Assert.Equal(new Guid(ExpectedUid0), ClientIdentity.Version5(ClientIdentity.LinuxNamespace, "uid=0"));
    }

    private const string ExpectedUid0 = "ef0180a3-13f3-5d1c-b7f5-888c0e21059a";
}
