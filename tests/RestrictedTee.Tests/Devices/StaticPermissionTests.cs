using RestrictedTee.SecureWorld.Devices;
using RestrictedTee.SecureWorld.Firewall;
using RestrictedTee.SecureWorld.ProtectedMemory;
using RestrictedTee.SmcTransport.Abi;
using RestrictedTee.SmcTransport.Board;
using RestrictedTee.SmcTransport.NormalRam;
using RestrictedTee.Tests.Firewall;

namespace RestrictedTee.Tests.Devices;

/// <summary>
/// The static-permission SoC: the boot loader sets the rules once (the CPU writes, the codec reads and writes, the display reads), and
/// the TEE is never called.
/// </summary>
public sealed class StaticPermissionTests : IDisposable
{
    private const ulong Pool = 0x0f00_0000, PoolSize = 1 << 20;

    private readonly DeviceBench _bench = new(BusMasterNames.DisplayController, board: Board);

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void Static_permission_soc_the_cpu_writes_the_codec_reads_and_writes_the_display_reads_and_the_tee_is_not_called()
    {
        _bench.Scratch.Slice(4096, 4096).Fill(0x80);

        Assert.Equal(SipDevices.Success, _bench.Sip(SipDevices.CpuStore, Pool + 8192, _bench.ScratchAddress + 4096, 4096).Code);
        Assert.True(Codec.TryOpen(BusAddress.Physical(Pool + 8192), 4096, AccessRights.ReadWrite, out BusWindow window));
        Assert.False(window.Bytes.ContainsAnyExcept((byte)0x80));
        window.Dispose();
        Assert.Equal(DeviceResult.Done, _bench.Run(Frame(Pool + 8192)));

        Assert.Equal(0, _bench.Tee.Os.Firewall.Faults.Count);
    }

    [Fact]
    public void Nobody_does_what_its_row_does_not_say()
    {
        ulong scratch = _bench.ScratchAddress + 4096;
        _bench.Scratch.Slice(4096, 64).Clear();
        Assert.True(Codec.TryOpen(BusAddress.Physical(Pool), 64, AccessRights.Write, out BusWindow window));
        window.Bytes.Fill(7);
        window.Dispose();

        Assert.Equal(SipDevices.BusError, _bench.Sip(SipDevices.CpuLoad, Pool, scratch, 64).Code);
        Assert.Equal(SipDevices.BusError, _bench.Sip(SipDevices.CpuStore, scratch, Pool, 64).Code);
        Assert.Equal(SipDevices.BusError, _bench.Sip(SipDevices.CpuStore, Pool + PoolSize - 32, scratch, 64).Code);
        Assert.Equal(SipDevices.BusError, _bench.Sip(SipDevices.CpuStore, ulong.MaxValue, scratch, 64).Code);
        Assert.Equal(SipDevices.BusError, _bench.Sip(SipDevices.CpuStore, Pool, scratch, ulong.MaxValue).Code);
        Assert.False(PortOf(FirewallBench.Camera).TryOpen(BusAddress.Physical(Pool), 64, AccessRights.Write, out _));
        Assert.False(PortOf(FirewallBench.Display).TryOpen(BusAddress.Physical(Pool), 64, AccessRights.Write, out _));

        Assert.False(_bench.Scratch.Slice(4096, 64).ContainsAnyExcept((byte)0));
        Assert.Contains(_bench.Tee.Os.Firewall.Faults.NewestAfter(0, out _), fault => fault.Master == BusMaster.NormalWorldCpu.Id && fault.Rights == AccessRights.Read);
    }

    [Fact]
    public void A_device_that_transforms_carries_nothing_out_of_a_reserved_pool()
    {
        using var bench = new DeviceBench(BusMasterNames.CryptoEngine, board: Board);
        var job = new CryptoDescriptor
        {
            Head = new DescriptorHead { Operation = (uint)CryptoOperation.Copy },
            Source = BusAddress.Physical(Pool),
            Destination = bench.Normal(8192),
            Length = 64,
        };

        Assert.Equal(DeviceResult.Forbidden, bench.Run(job));
        Assert.Equal(DeviceResult.BusError, bench.Run(job with { Destination = BusAddress.Physical(Pool + 4096) }));
    }

    [Fact]
    public void The_tee_gives_out_nothing_of_a_reserved_pool()
    {
        Assert.Null(_bench.Tee.Os.Restricted.Allocate(_bench.Tee.Os.Restricted.PoolOf(UseCase.SecureVideoPlay)!, 4096));
        Assert.Null(_bench.Tee.Os.Restricted.Find(PhysicalRange.Create(new PhysicalAddress(Pool), 64)));
    }

    private BusPort Codec => PortOf(FirewallBench.Decoder);

    private BusPort PortOf(BusMaster master) => new(master, _bench.Tee.Os.Firewall, _bench.Tee.Os.Relayer, _bench.Tee.Os.Restricted);

    private static DisplayDescriptor Frame(ulong address)
    {
        var frame = new DisplayDescriptor { Head = new DescriptorHead { Operation = 1 }, Width = 16, Height = 16 };
        frame.Planes[0] = new PlaneDescriptor
        {
            Image = new ImageDescriptor { Format = (uint)PixelFormat.Xrgb8888, Width = 16, Height = 16, Stride = 64, Lines = BusAddress.Physical(address) },
            Alpha = 255,
        };
        return frame;
    }

    /// <summary>The small board, with a pool that is reserved, and rules for it.</summary>
    private static BoardFile Board => Harness.InProcessTee.SmallBoard with
    {
        Pools =
        [
            new PoolRegion { UseCase = UseCase.SecureVideoPlay, IsReserved = true, Base = Pool, Size = PoolSize },
            new PoolRegion { UseCase = UseCase.TrustedUi, Base = 0x0f40_0000, Size = 256 << 10 },
        ],
        BusMasters =
        [
            .. Harness.InProcessTee.SmallBoard.BusMasters.Select(master => master.Name == BusMasterNames.NormalWorldCpu
                ? master with { Rights = new Dictionary<UseCase, BusRights> { [UseCase.SecureVideoPlay] = BusRights.Write } }
                : master),
        ],
    };
}
