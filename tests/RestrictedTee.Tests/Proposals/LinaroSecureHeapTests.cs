using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.DmaBuf;
using RestrictedTee.NormalWorld.DmaBuf.Devices;
using RestrictedTee.NormalWorld.Driver;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Board;
using RestrictedTee.Tests.Harness;

namespace RestrictedTee.Tests.Proposals;

/// <summary>
/// The Linaro secure heap (2022): a dma-heap over reserved memory that the board describes; one contiguous range a buffer, never mapped
/// by the CPU, and known to the TEE by its descriptor.
/// </summary>
public sealed class LinaroSecureHeapTests
{
    private const string Name = "protected,secure-video";
    private const ulong Start = 0x0f00_0000, Last = 0x0f0f_ffff;

    public static TheoryData<ConduitAbi> Abis => [ConduitAbi.Smc, ConduitAbi.Ffa];

    private static BoardFile Board { get; } = InProcessTee.ReservedBoard with
    {
        Pools = [.. InProcessTee.ReservedBoard.Pools.Select(pool => pool.IsReserved ? pool with { Alignment = 0x1_0000 } : pool)],
    };

    private static DmaDevice Decoder { get; } = TestMemory.Device("decoder", DmaAccess.ReadWrite) with { NeedsContiguous = true, Alignment = 0x1_0000, AddressBits = 32 };

    [Theory]
    [MemberData(nameof(Abis))]
    public void Linaro_secure_heap_2022_a_buffer_is_one_aligned_range_that_the_tee_is_told_of_by_its_descriptor(ConduitAbi abi)
    {
        using var tee = new InProcessTee(abi: abi, board: Board);
        using TeeContext context = tee.OpenContext();
        using DmaBufHandle first = context.AllocateRestricted(Name, 5000), second = context.AllocateRestricted(Name, 5000);
        using DmaBufAttachment attachment = second.Attach(Decoder);

        DmaMapping mapping = attachment.Map(DmaDirection.FromDevice);
        using SharedMemory registered = context.RegisterSharedMemory(second);

        Assert.Equal(new MemoryRange(new MemoryProvider(Name, 0, Last), Start + 0x1_0000, 0x2000, RangeAttributes.Protected), Assert.Single(mapping.Memory));
        Assert.Equal(new DeviceRange(0, Start + 0x1_0000, 0x2000, RangeAttributes.Protected), Assert.Single(mapping.Device));
        Assert.Equal(Errno.EINVAL, Assert.Throws<TeeDriverException>(() => second.Map().Length).Errno);
        Assert.Equal((8192, 8192UL), (registered.Size, first.Size));
        tee.AssertStillServes();
    }

    [Fact]
    public void Linaro_secure_heap_2022_is_first_fit()
    {
        using var tee = new InProcessTee(board: Board);
        using TeeContext context = tee.OpenContext();
        DmaBufHandle[] all = [.. Enumerable.Range(0, 16).Select(_ => context.AllocateRestricted(Name, 4096))];
        Assert.Equal(Errno.ENOMEM, Assert.Throws<TeeDriverException>(() => context.AllocateRestricted(Name, 4096)).Errno);

        all[9].Dispose();
        all[3].Dispose();
        all[4].Dispose();

        Assert.Equal(0x2_0000UL, context.Heaps.Single(heap => heap.Name == Name).LargestFree);
        using DmaBufHandle small = context.AllocateRestricted(Name, 1), large = context.AllocateRestricted(Name, 1 << 16);
        Assert.Equal([Start + 0x3_0000, Start + 0x4_0000], new[] { small, large }.Select(AddressOf));
        Array.ForEach(all, buffer => buffer.Dispose());
    }

    [Fact]
    public void A_reserved_pool_that_only_the_normal_worlds_board_has_is_not_registered_and_the_buffer_is_freed_nonetheless()
    {
        BoardFile normal = Board with { Pools = [.. Board.Pools.Select(pool => pool.IsReserved ? pool with { Base = 0x9000_0000 } : pool)] };
        using var tee = new InProcessTee(board: Board, normalBoard: normal);
        using TeeContext context = tee.OpenContext();

        using (DmaBufHandle buffer = context.AllocateRestricted(Name, 4096))
        {
            Assert.Throws<TeecException>(() => context.RegisterSharedMemory(buffer));
            Assert.Equal(0x9000_0000UL, AddressOf(buffer));
        }

        Assert.Equal(0, context.Heaps.Single(heap => heap.Name == Name).Buffers);
        tee.AssertStillServes();
    }

    [Fact]
    public void Static_permission_soc_a_pipeline_is_allocated_attached_and_mapped_without_any_call_of_the_tee()
    {
        const int Conduits = 4;
        using var tee = new InProcessTee(threads: Conduits, board: Board);
        using TeeContext context = tee.OpenContext();
        DmaDevice cpu = TestMemory.Device("cpu-writer", DmaAccess.Write), codec = TestMemory.Device("codec", DmaAccess.ReadWrite), display = TestMemory.Device("display", DmaAccess.Read);
        CallSlot[] conduits = [.. Enumerable.Range(0, Conduits).Select(_ => tee.Driver.RentConduit())]; // a call of the TEE would wait for ever from here on

        using DmaBufHandle buffer = context.AllocateRestricted(Name, 5000);
        using DmaBufAttachment written = buffer.Attach(cpu), decoded = buffer.Attach(codec), shown = buffer.Attach(display);
        written.Map(DmaDirection.FromDevice);
        decoded.Map(DmaDirection.Bidirectional);
        shown.Map(DmaDirection.ToDevice);

        Assert.Equal(Errno.EACCES, Assert.Throws<TeeDriverException>(() => buffer.Attach(display).Map(DmaDirection.FromDevice)).Errno);
        Assert.Equal((RestrictionKind.NamedDevices, "boot loader"), (buffer.Info.Restriction, buffer.Info.RestrictedBy));
        Array.ForEach(conduits, tee.Driver.ReturnConduit);
    }

    private static ulong AddressOf(DmaBufHandle buffer)
    {
        using DmaBufAttachment attachment = buffer.Attach(Decoder);
        return attachment.Map(DmaDirection.ToDevice).Device[0].Address;
    }
}
