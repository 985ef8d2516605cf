using System.Runtime.InteropServices;
using RestrictedTee.Contracts;
using RestrictedTee.SecureWorld.Spmc;
using RestrictedTee.SmcTransport.Abi.Ffa;
using RestrictedTee.SmcTransport.Frames;
using RestrictedTee.SmcTransport.NormalRam;

namespace RestrictedTee.Tests.Ffa;

/// <summary>Version, features, ids, partitions and buffers: ACS setup_discovery.</summary>
public sealed class SetupTests : IDisposable
{
    private static readonly Guid Tee = new("486178e0-e7f8-11e3-bc5e-0002a5d5c51b");

    private readonly SpmcWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Theory]
    [InlineData(0x1_0000u, 0x1_0002u)]
    [InlineData(0x1_0001u, 0x1_0002u)]
    [InlineData(0x1_0002u, 0x1_0002u)]
    [InlineData(0x1_0003u, 0xFFFF_FFFFu)]
    [InlineData(0x2_0000u, 0xFFFF_FFFFu)]
    [InlineData(0x0_0009u, 0xFFFF_FFFFu)]
    [InlineData(0x8001_0002u, 0xFFFF_FFFFu)]
    public void A_version_is_agreed_on_or_not_supported(uint asked, uint answered)
    {
        _world.NormalWorld.Partition.IsVersionFinal = false;

        SmcFrame frame = _world.Call(_world.NormalWorld, FfaFunction.Version, asked);

        Assert.Equal(answered, frame.A0);
        if (answered == FfaVersion.V1_2.Value)
            Assert.Equal(asked, _world.NormalWorld.Partition.Version.Value);
    }

    [Fact]
    public void A_version_cannot_be_changed_once_another_call_was_made()
    {
        _world.Call(_world.NormalWorld, FfaFunction.IdGet);

        Assert.Equal(0xFFFF_FFFFu, _world.Call(_world.NormalWorld, FfaFunction.Version, FfaVersion.V1_1.Value).A0);
        Assert.Equal(FfaVersion.V1_2.Value, _world.Call(_world.NormalWorld, FfaFunction.Version, FfaVersion.V1_2.Value).A0);
        Assert.Equal(FfaVersion.V1_2, _world.NormalWorld.Partition.Version);
    }

    [Fact]
    public void Ids_are_told()
    {
        Assert.Equal(0u, _world.Call(_world.NormalWorld, FfaFunction.IdGet).A2);
        Assert.Equal(_world.Echo[1].Id.Value, _world.Call(_world.Echo[1], FfaFunction.IdGet).A2);
        Assert.Equal(PartitionId.Spmc.Value, _world.Call(_world.NormalWorld, FfaFunction.SpmIdGet).A2);
    }

    [Theory]
    [InlineData(0x1_0000u, 8u, 0u)]
    [InlineData(0x1_0001u, 24u, 24u)]
    [InlineData(0x1_0002u, 24u, 24u)]
    public void Partitions_are_described_in_the_layout_of_the_callers_version(uint version, uint stride, uint told)
    {
        _world.NormalWorld.Partition.Version = new FfaVersion(version);

        SmcFrame frame = _world.Call(_world.NormalWorld, FfaFunction.PartitionInfoGet);

        Assert.Equal((5u, told), (frame.A2, frame.A3));
        FfaPartitionInfo second = FfaPartitionInfo.Read(_world.Rx(_world.NormalWorld)[(int)stride..], new FfaVersion(version));
        Assert.Equal(_world.Echo[0].Id, second.Id);
        Assert.Equal(version == 0x1_0000 ? Guid.Empty : EchoPartitions.Uuid1, second.Uuid);
        Assert.Equal(version == 0x1_0002, second.Properties.HasFlag(FfaPartitionProperties.ReceivesDirectRequests2));
        Assert.Equal(version != 0x1_0000, second.Properties.HasFlag(FfaPartitionProperties.ReceivesNotifications));
    }

    [Fact]
    public void A_partition_is_found_by_its_uuid_and_counted()
    {
        SmcFrame Ask(Guid uuid, uint flags)
        {
            SmcFrame frame = default;
            frame.A0 = FfaFunction.PartitionInfoGet;
            for (int i = 0; i < 4; i++)
                frame[i + 1] = FfaUuid.Word(uuid, i);
            frame.A5 = flags;
            return _world.Call(_world.NormalWorld, frame);
        }

        Assert.Equal(1u, Ask(Tee, 1).A2);
        Assert.Equal(5u, Ask(Guid.Empty, 1).A2);
        Assert.Equal(FfaStatus.InvalidParameters, Ask(Guid.Parse("00000000-0000-0000-0000-000000000001"), 0).Status());
        Assert.Equal(FfaStatus.InvalidParameters, Ask(Tee, 2).Status());
        Assert.Equal(1u, Ask(Tee, 0).A2);
        Assert.Equal(FfaStatus.Busy, Ask(Tee, 0).Status());
        Assert.Equal(PartitionId.Tee, FfaPartitionInfo.Read(_world.Rx(_world.NormalWorld), FfaVersion.V1_2).Id);
        Assert.Equal(FfaStatus.Success, _world.Call(_world.NormalWorld, FfaFunction.RxRelease).Status());
        Assert.Equal(FfaStatus.Denied, _world.Call(_world.NormalWorld, FfaFunction.RxRelease).Status());
    }

    [Fact]
    public void Partitions_are_described_in_registers_five_a_call()
    {
        SmcFrame frame = default;
        frame.A0 = FfaFunction.PartitionInfoGetRegs;
        frame = _world.Call(_world.NormalWorld, frame);

        Assert.Equal(FfaFunction.Success64, frame.A0);
        Assert.Equal((4UL, 4UL, 24UL), (frame[2] & 0xFFFF, (frame[2] >> 16) & 0xFFFF, frame[2] >> 48));
        Assert.Equal(PartitionId.Tee.Value, frame[3] & 0xFFFF);
        Assert.Equal(Tee, FfaUuid.FromHalves(frame[4], frame[5]));

        SmcFrame later = default;
        (later.A0, later.A3) = (FfaFunction.PartitionInfoGetRegs, 3);
        later = _world.Call(_world.NormalWorld, later);
        Assert.Equal((4UL, 4UL), (later[2] & 0xFFFF, (later[2] >> 16) & 0xFFFF));
        Assert.Equal(_world.Echo[2].Id.Value, later[3] & 0xFFFF);

        SmcFrame Spoilt(ulong x3)
        {
            SmcFrame spoilt = default;
            spoilt.A0 = FfaFunction.PartitionInfoGetRegs;
            spoilt[3] = x3;
            return _world.Call(_world.NormalWorld, spoilt);
        }

        Assert.Equal(FfaStatus.InvalidParameters, Spoilt(5).Status());
        Assert.Equal(FfaStatus.Retry, Spoilt(1 << 16).Status());
        _world.NormalWorld.Partition.Version = FfaVersion.V1_1;
        Assert.Equal(FfaStatus.NotSupported, Spoilt(0).Status());
    }

    [Fact]
    public void Buffers_are_mapped_once_and_only_where_they_may_be()
    {
        SpmcWorld.Actor nw = _world.NormalWorld;
        ulong free = nw.Page(8).Value;
        FfaStatus Map(ulong tx, ulong rx, ulong pages, uint function = FfaFunction.RxTxMap64)
        {
            SmcFrame frame = default;
            frame.A0 = function;
            (frame[1], frame[2], frame[3]) = (tx, rx, pages);
            return _world.Call(nw, frame).Status();
        }

        Assert.Equal(FfaStatus.Denied, Map(free, free + 4096, 1));
        Assert.Equal(FfaStatus.InvalidParameters, _world.Call(nw, FfaFunction.RxTxUnmap, 0x0007_0000).Status());
        Assert.Equal(FfaStatus.Success, _world.Call(nw, FfaFunction.RxTxUnmap).Status());
        Assert.Equal(FfaStatus.InvalidParameters, _world.Call(nw, FfaFunction.RxTxUnmap).Status());
        Assert.Equal(FfaStatus.Busy, _world.Call(nw, FfaFunction.PartitionInfoGet).Status());
        Assert.Equal(FfaStatus.Denied, _world.Send(_world.NormalWorld, FfaFunction.MemShare32, [SpmcWorld.RangeOf(nw.Page(0))], [new FfaReceiver(_world.Echo[0].Id, FfaAccess.ReadWrite)]).Status());

        Assert.Equal(FfaStatus.InvalidParameters, Map(free, free, 1));
        Assert.Equal(FfaStatus.InvalidParameters, Map(free, free + 4096, 2));
        Assert.Equal(FfaStatus.InvalidParameters, Map(free, free + 4096, 0));
        Assert.Equal(FfaStatus.InvalidParameters, Map(free, free + (64 * 4096), 64));
        Assert.Equal(FfaStatus.InvalidParameters, Map(free, free + 4096, 1UL << 32));
        Assert.Equal(FfaStatus.InvalidParameters, Map(free + 8, free + 4096, 1));
        Assert.Equal(FfaStatus.InvalidParameters, Map(free, 0x1000, 1));
        Assert.Equal(FfaStatus.InvalidParameters, Map(0x0e10_0000, free, 1));
        Assert.Equal(FfaStatus.InvalidParameters, Map(_world.Echo[0].Ram, free, 1));
        Assert.Equal(FfaStatus.InvalidParameters, Map(ulong.MaxValue - 4095, free, 1));
        Assert.Equal(FfaStatus.Success, Map(free, free + (2 * 4096), 2, FfaFunction.RxTxMap32));
    }

    [Fact]
    public void Memory_that_is_lent_is_no_place_for_buffers_and_buffers_are_no_memory_to_lend()
    {
        SpmcWorld.Actor nw = _world.NormalWorld;
        FfaReceiver[] echo = [new FfaReceiver(_world.Echo[0].Id, FfaAccess.ReadWrite)];
        Assert.Equal(FfaStatus.Denied, _world.Send(nw, FfaFunction.MemLend32, [SpmcWorld.RangeOf(new PhysicalAddress(nw.Ram))], echo).Status());
        Assert.Equal(FfaStatus.Success, _world.Send(nw, FfaFunction.MemLend32, [SpmcWorld.RangeOf(nw.Page(0))], echo).Status());
        _world.Call(nw, FfaFunction.RxTxUnmap);

        FfaStatus status = _world.Call(nw, FfaFunction.RxTxMap32, unchecked((uint)nw.Page(0).Value), unchecked((uint)nw.Page(4).Value), 1).Status();

        Assert.Equal(FfaStatus.InvalidParameters, status);
    }

    [Fact]
    public void What_is_no_ffa_call_is_unknown_and_what_is_refused_is_not_supported()
    {
        Assert.Equal(0xFFFF_FFFFu, _world.Call(_world.NormalWorld, SmcTransport.Abi.OpteeSmc.CallsUid).A0);
        Assert.Equal(FfaStatus.NotSupported, _world.Call(_world.NormalWorld, FfaFunction.MsgSend2).Status());
        Assert.Equal(FfaStatus.NotSupported, _world.Call(_world.NormalWorld, 0x8400_00EE).Status());
        Assert.Equal(FfaStatus.NotSupported, _world.Call(_world.NormalWorld, FfaFunction.Yield).Status());
        Assert.Equal(FfaStatus.NotSupported, _world.Call(_world.NormalWorld, FfaFunction.Features, 0x8400_00EE).Status());
        Assert.Equal(8u, _world.Call(_world.NormalWorld, FfaFunction.Features, FfaFunction.FeatureScheduleReceiverInterrupt).A2);
        Assert.Equal(63u << 16, _world.Call(_world.NormalWorld, FfaFunction.Features, FfaFunction.RxTxMap64).A2);
        Assert.Equal((3u, 7u), (_world.Call(_world.NormalWorld, FfaFunction.Features, FfaFunction.MemRetrieveReq32).A2, _world.Call(_world.NormalWorld, FfaFunction.Features, FfaFunction.MemRetrieveReq32).A3));
    }

    [Theory]
    [InlineData(FfaFunction.MsgSendDirectReq32, 0x0000_8765u, 0u, FfaStatus.InvalidParameters)] // no such receiver
    [InlineData(FfaFunction.MsgSendDirectReq32, 0x8002_8003u, 0u, FfaStatus.InvalidParameters)] // another's sender id
    [InlineData(FfaFunction.MsgSendDirectReq32, 0x0000_0000u, 0u, FfaStatus.InvalidParameters)] // to itself
    [InlineData(FfaFunction.MsgSendDirectReq32, 0x0000_8000u, 0u, FfaStatus.InvalidParameters)] // to the SPMC
    [InlineData(FfaFunction.MsgSendDirectReq32, 0x0000_8002u, 1u, FfaStatus.InvalidParameters)] // reserved flag
    [InlineData(FfaFunction.MsgSendDirectReq64, 0x0000_8002u, 0x8000_0000u, FfaStatus.NotSupported)] // framework message
    [InlineData(FfaFunction.MsgSendDirectReq2, 0x0000_8001u, 0u, FfaStatus.Denied)] // the TEE does not take it
    [InlineData(FfaFunction.MsgSendDirectReq2, 0x0000_8002u, 7u, FfaStatus.InvalidParameters)] // another service
    [InlineData(FfaFunction.MsgSendDirectResp32, 0x0000_8002u, 0u, FfaStatus.Denied)] // no request to answer
    [InlineData(FfaFunction.MsgSendDirectResp2, 0x0000_8002u, 0u, FfaStatus.Denied)]
    public void A_message_that_is_wrong_is_refused(uint function, uint ids, uint w2, FfaStatus expected) =>
        Assert.Equal(expected, _world.Call(_world.NormalWorld, function, ids, w2).Status());

    [Fact]
    public void A_partition_cannot_message_the_normal_world_nor_can_an_older_endpoint_use_request2()
    {
        uint toNormalWorld = (uint)_world.Echo[0].Id.Value << 16;
        Assert.Equal(FfaStatus.InvalidParameters, _world.Call(_world.Echo[0], FfaFunction.MsgSendDirectReq32, toNormalWorld).Status());

        _world.NormalWorld.Partition.Version = FfaVersion.V1_1;
        Assert.Equal(FfaStatus.NotSupported, _world.Call(_world.NormalWorld, FfaFunction.MsgSendDirectReq2, _world.Echo[0].Id.Value).Status());
    }

    [Fact]
    public void A_pending_notification_is_announced_once()
    {
        SpmcWorld.Actor sp = _world.Echo[0];
        uint ids = (uint)PartitionId.NormalWorld.Value << 16 | sp.Id.Value;
        _world.Call(sp, FfaFunction.NotificationBind, ids, 0, 0b100);
        Assert.Equal(FfaStatus.NoData, _world.Call(_world.NormalWorld, FfaFunction.NotificationInfoGet64).Status());

        Assert.Equal(FfaStatus.Success, _world.Call(_world.NormalWorld, FfaFunction.NotificationSet, ids, 0, 0b100).Status());

        SmcFrame info = _world.Call(_world.NormalWorld, FfaFunction.NotificationInfoGet32);
        Assert.Equal((FfaFunction.Success32, 1u << 7, (uint)sp.Id.Value), (info.A0, info.A2, info.A3));
        Assert.Equal(FfaStatus.NoData, _world.Call(_world.NormalWorld, FfaFunction.NotificationInfoGet64).Status());
        SmcFrame got = _world.Call(sp, FfaFunction.NotificationGet, sp.Id.Value, 2);
        Assert.Equal((0u, 0u, 0b100u, 0u), (got.A2, got.A3, got.A4, got.A5));
    }

    [Fact]
    public void A_bitmap_that_is_free_can_be_destroyed_and_made_again()
    {
        SpmcWorld.Actor nw = _world.NormalWorld;
        Assert.Equal(FfaStatus.Denied, _world.Call(nw, FfaFunction.NotificationBitmapDestroy, 0).Status());
        Assert.Equal(FfaStatus.Denied, _world.Call(nw, FfaFunction.NotificationBind, 0x8002_0000, 0, 1).Status());
        Assert.Equal(FfaStatus.Success, _world.Call(nw, FfaFunction.NotificationBitmapCreate, 0, 1).Status());
        Assert.Equal(FfaStatus.Denied, _world.Call(nw, FfaFunction.NotificationBitmapCreate, 0, 1).Status());
        Assert.Equal(FfaStatus.Success, _world.Call(nw, FfaFunction.NotificationBind, 0x8002_0000, 0, 1).Status());
        Assert.Equal(FfaStatus.Denied, _world.Call(nw, FfaFunction.NotificationBitmapDestroy, 0).Status());
        Assert.Equal(FfaStatus.Success, _world.Call(_world.Echo[0], FfaFunction.NotificationSet, 0x8002_0000, 0, 1).Status());
        Assert.Equal(FfaStatus.Denied, _world.Call(nw, FfaFunction.NotificationUnbind, 0x8002_0000, 0, 1).Status());
        Assert.Equal(1u, _world.Call(nw, FfaFunction.NotificationGet, 0, 1).A2);
        Assert.Equal(FfaStatus.Success, _world.Call(nw, FfaFunction.NotificationUnbind, 0x8002_0000, 0, 1).Status());
        Assert.Equal(FfaStatus.Success, _world.Call(nw, FfaFunction.NotificationBitmapDestroy, 0).Status());
    }
}
