using System.Runtime.InteropServices;
using RestrictedTee.SecureWorld.Devices;
using RestrictedTee.SecureWorld.Firewall;
using RestrictedTee.SecureWorld.ProtectedMemory;
using RestrictedTee.SmcTransport.Abi;
using RestrictedTee.SmcTransport.Board;
using RestrictedTee.Tests.Firewall;
using RestrictedTee.Tests.Harness;
using RestrictedTee.Tests.Interleaving;

namespace RestrictedTee.Tests.Devices;

/// <summary>Descriptors by which a hostile driver would get at content: invariant 1 against who may write any of them, at any moment.</summary>
public sealed class HostileDriverTests
{
    private const ulong BankEnd = 0x4100_0000; // of the small board, with a reserved pool right behind it
    private const int Burst = BusPort.MaxBurst;

    private static readonly byte[] Secret = [.. Enumerable.Range(0, 256).Select(i => (byte)(i | 1))];

    [InterleavingFact]
    public void A_handle_that_is_not_there_yet_when_a_job_is_judged_opens_nothing_later()
    {
        using var bench = new DeviceBench(BusMasterNames.CryptoEngine);
        RestrictedBuffer secret = bench.Allocate();
        bench.Fill(secret, Secret);
        ulong next = bench.Map(secret, AccessRights.Read).Handle + 1;

        DeviceResult result = bench.RunWith(
            at =>
            {
                if (at == 2)
                    Assert.Equal(next, bench.Map(secret, AccessRights.Read).Handle);
            },
            Copy(BusAddress.Mapped(next), bench.Normal(8192), 256));

        Assert.NotEqual(DeviceResult.Done, result);
        Assert.False(bench.Scratch.Slice(8192, 256).ContainsAnyExcept((byte)0));
    }

    [Fact]
    public void A_source_that_begins_in_normal_memory_and_goes_on_in_a_reserved_pool_is_not_carried_out()
    {
        using var bench = new DeviceBench(BusMasterNames.CryptoEngine, board: Adjacent);
        PutIntoReserved(bench, 0, Secret);

        DeviceResult result = bench.Run(Copy(BusAddress.Physical(BankEnd - Burst), bench.Normal(256), Burst + 256));

        Assert.NotEqual(DeviceResult.Done, result);
        Assert.Equal(-1, bench.Scratch.IndexOf(Secret));
    }

    [Fact]
    public void No_check_sum_is_told_of_a_plane_that_goes_on_in_a_reserved_pool()
    {
        using var bench = new DeviceBench(BusMasterNames.DisplayController, board: Adjacent);
        var frame = new DisplayDescriptor { Head = new DescriptorHead { Operation = 1 }, Width = 16, Height = 16 };
        frame.Planes[0] = new PlaneDescriptor
        {
            Image = new ImageDescriptor { Format = (uint)PixelFormat.Xrgb8888, Width = 16, Height = 16, Stride = 64, Lines = BusAddress.Physical(BankEnd - (8 * 64)) },
            Alpha = 255,
        };

        Assert.Equal(DeviceResult.Done, bench.Run(frame));

        Assert.Equal(SipDevices.InvalidParameter, bench.Sip(SipDevices.RegisterRead, bench.Device, DisplayRegisters.Crc).Code);
    }

    [Fact]
    public void Content_is_no_descriptor_so_that_no_fault_tells_what_stands_in_it()
    {
        using var bench = new DeviceBench(BusMasterNames.DisplayController, board: Adjacent);
        const ulong Word = 0x1122_3344_5566_7788;
        var content = new DisplayDescriptor { Head = new DescriptorHead { Operation = 1 }, Width = 16, Height = 16 };
        content.Planes[0] = new PlaneDescriptor
        {
            Image = new ImageDescriptor { Format = (uint)PixelFormat.Xrgb8888, Width = 16, Height = 16, Stride = 64, Lines = BusAddress.Mapped(1, Word) },
        };
        PutIntoReserved(bench, 0, MemoryMarshal.AsBytes(new ReadOnlySpan<DisplayDescriptor>(in content)));

        bench.Sip(SipDevices.RegisterWrite, bench.Device, DeviceRegisters.Doorbell, BankEnd);
        bench.WaitUntilEnded(1);

        Assert.Equal(DeviceResult.BadDescriptor, (DeviceResult)bench.Read(DeviceRegisters.Result));
        Assert.DoesNotContain(bench.Tee.Os.Firewall.Faults.NewestAfter(0, out _), fault => fault.Offset == Word);
    }

    [Fact]
    public void A_copy_into_another_use_case_is_for_those_only_who_may_read_the_source()
    {
        using var bench = new DeviceBench(BusMasterNames.CryptoEngine, board: TwoUseCases);
        RestrictedBuffer recorded = bench.Allocate(useCase: UseCase.TrustedUi), video = bench.Allocate();
        CryptoDescriptor job = Copy(bench.Map(recorded, AccessRights.Read), bench.Map(video, AccessRights.Write), 64);

        Assert.Equal(DeviceResult.Forbidden, bench.Run(job with { Consumers = bench.RowBit(BusMasterNames.VideoDecoder) })); // it may read video only
        Assert.Equal(DeviceResult.Done, bench.Run(job with { Consumers = bench.RowBit(BusMasterNames.DisplayController) }));
    }

    [Fact]
    public void Content_that_is_for_others_too_is_no_key_not_even_as_a_copy()
    {
        using var bench = new DeviceBench(BusMasterNames.CryptoEngine);
        RestrictedBuffer content = bench.Allocate(), copy = bench.Allocate(), key = bench.Allocate(), output = bench.Allocate();
        bench.Tee.Os.Firewall.TryLabel(FirewallBench.SecureTa, 1, content, [bench.Master.Id, FirewallBench.Decoder.Id]);
        bench.Tee.Os.Firewall.TryLabel(FirewallBench.SecureTa, 1, key, [bench.Master.Id]);
        BusAddress source = bench.Map(content, AccessRights.Read), copied = bench.Map(copy, AccessRights.ReadWrite), target = bench.Map(output, AccessRights.Write);

        Assert.Equal(DeviceResult.Forbidden, bench.Run(Counter(source, bench.Normal(4096), target, 64)));
        Assert.Equal(DeviceResult.Done, bench.Run(Copy(source, copied, 64)));
        Assert.Equal(DeviceResult.Forbidden, bench.Run(Counter(copied, bench.Normal(4096), target, 64)));
        Assert.Equal(DeviceResult.Done, bench.Run(Counter(bench.Map(key, AccessRights.Read), bench.Normal(4096), copied, 64))); // a wrapped key, unwrapped
        Assert.Equal(DeviceResult.Done, bench.Run(Counter(copied, bench.Normal(4096), target, 64)));
    }

    [Fact]
    public void Two_mappings_of_one_buffer_do_not_hide_that_source_and_destination_overlap()
    {
        using var bench = new DeviceBench(BusMasterNames.CryptoEngine);
        RestrictedBuffer buffer = bench.Allocate();
        BusAddress source = bench.Map(buffer, AccessRights.Read), destination = bench.Map(buffer, AccessRights.Write);

        Assert.Equal(DeviceResult.BadDescriptor, bench.Run(Copy(source, destination.Plus(8), 64)));
        Assert.Equal(DeviceResult.Done, bench.Run(Copy(source, destination.Plus(64), 64)));
        Assert.Equal(DeviceResult.Done, bench.Run(Copy(source, destination, 64)));
    }

    [Fact]
    public void A_mapping_for_reading_sets_no_label_and_scrubs_nothing()
    {
        using var bench = new DeviceBench(BusMasterNames.CryptoEngine);
        RestrictedBuffer buffer = bench.Allocate();
        bench.Fill(buffer, Secret);

        Assert.Equal(DeviceResult.BusError, bench.Run(Copy(bench.Normal(4096), bench.Map(buffer, AccessRights.Read), 64)));

        Assert.Null(buffer.Label);
        Assert.Equal(Secret, DeviceBench.ContentOf(buffer, Secret.Length));
    }

    [Fact]
    public void A_device_whose_access_is_revoked_does_not_relabel_what_it_has_produced()
    {
        using var bench = new DeviceBench(BusMasterNames.CryptoEngine);
        RestrictedBuffer buffer = bench.Allocate();
        Secret.CopyTo(bench.Scratch[4096..]);
        CryptoDescriptor job = Copy(bench.Normal(4096), bench.Map(buffer, AccessRights.Write), 256) with { Consumers = bench.RowBit(BusMasterNames.VideoDecoder) };
        Assert.Equal(DeviceResult.Done, bench.Run(job));

        bench.Access.Revoke(bench.Master.Id, buffer);
        Assert.Equal(DeviceResult.BusError, bench.Run(job with { Consumers = bench.RowBit(BusMasterNames.DisplayController) }));

        Assert.Equal([FirewallBench.Decoder.Id], buffer.Label!.Readers);
        bench.Access.Restore(bench.Master.Id, buffer);
        Assert.Equal(Secret, DeviceBench.ContentOf(buffer, 256));
    }

    private static void PutIntoReserved(DeviceBench bench, ulong offset, ReadOnlySpan<byte> bytes)
    {
        var codec = new BusPort(FirewallBench.Decoder, bench.Tee.Os.Firewall, bench.Tee.Os.Relayer, bench.Tee.Os.Restricted);
        Assert.True(codec.TryOpen(BusAddress.Physical(BankEnd + offset), bytes.Length, AccessRights.Write, out BusWindow window));
        bytes.CopyTo(window.Bytes);
        window.Dispose();
    }

    private static CryptoDescriptor Copy(BusAddress source, BusAddress destination, int length) => new()
    {
        Head = new DescriptorHead { Operation = (uint)CryptoOperation.Copy },
        Source = source,
        Destination = destination,
        Length = (ulong)length,
    };

    private static CryptoDescriptor Counter(BusAddress key, BusAddress source, BusAddress destination, int length) =>
        Copy(source, destination, length) with { Head = new DescriptorHead { Operation = (uint)CryptoOperation.AesCtr }, Key = key, KeyLength = 16 };

    /// <summary>The small board, with a reserved pool that begins where normal RAM ends.</summary>
    private static BoardFile Adjacent => InProcessTee.SmallBoard with
    {
        Pools = [new PoolRegion { UseCase = UseCase.SecureVideoPlay, IsReserved = true, Base = BankEnd, Size = 1 << 20 }],
    };

    /// <summary>The small board, whose engine may read what the display may, and the decoder may not.</summary>
    private static BoardFile TwoUseCases => InProcessTee.SmallBoard with
    {
        BusMasters =
        [
            .. InProcessTee.SmallBoard.BusMasters.Select(master => master.Name == BusMasterNames.CryptoEngine
                ? master with { Rights = new Dictionary<UseCase, BusRights> { [UseCase.SecureVideoPlay] = BusRights.ReadWrite, [UseCase.TrustedUi] = BusRights.ReadWrite } }
                : master),
        ],
    };
}
