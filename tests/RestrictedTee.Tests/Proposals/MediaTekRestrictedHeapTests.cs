using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.DmaBuf;
using RestrictedTee.NormalWorld.DmaBuf.Devices;
using RestrictedTee.NormalWorld.Heaps;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Board;
using RestrictedTee.SmcTransport.NormalRam;
using RestrictedTee.Tests.Harness;

namespace RestrictedTee.Tests.Proposals;

/// <summary>MediaTek's restricted heap (2024): ordinary contiguous memory first, restricted by a call of the vendor's afterwards.</summary>
public sealed class MediaTekRestrictedHeapTests
{
    private const string Name = "restricted_mtk_cma";

    public static TheoryData<ConduitAbi> Abis => [ConduitAbi.Smc, ConduitAbi.Ffa];

    [Theory]
    [MemberData(nameof(Abis))]
    public void Mediatek_two_step_restricted_heap_2024_ordinary_memory_shows_nothing_once_it_is_restricted(ConduitAbi abi)
    {
        using var tee = new InProcessTee(board: InProcessTee.DynamicBoard, abi: abi);
        using TeeContext context = tee.OpenContext();
        using TeeSession sdp = context.OpenSession(SdpBasic.Uuid);
        byte[] secret = [.. Enumerable.Range(0, 5000).Select(i => (byte)(1 + (i % 255)))], found = new byte[5000];
        MemoryRange range;
        using (DmaBufHandle buffer = context.AllocateRestricted(Name, 5000))
        using (SharedMemory memory = context.RegisterSharedMemory(buffer))
        using (DmaBufAttachment decoder = buffer.Attach(tee.Host.Devices.Named(BusMasterNames.VideoDecoder) with { Alignment = 0x1_0000 }))
        {
            range = Assert.Single(decoder.Map(DmaDirection.Bidirectional).Memory);
            sdp.Invoke(SdpBasic.CommandInject, new Operation(Parameter.TempInput(secret), Parameter.Partial(memory, Direction.Output, 0, 5000)));
            sdp.Invoke(SdpBasic.CommandDump, new Operation(Parameter.Partial(memory, Direction.Input, 0, 5000), Parameter.TempOutput(found)));

            Assert.Equal(secret, found);
            Assert.Equal((0UL, RangeAttributes.Protected), (range.Provider.Cookie, range.Attributes)); // the normal world knows where it lies
            Assert.False(View(tee, range).ContainsAnyExcept((byte)0)); // and sees nothing there
            Assert.Equal((RestrictionKind.MappingWithoutAccess, "TEE"), (buffer.Info.Restriction, buffer.Info.RestrictedBy));
            Assert.Equal(8192UL, buffer.Size);
        }

        Assert.False(View(tee, range).ContainsAnyExcept((byte)0));
        Assert.Equal((0, 0UL), (HeapOf(context).Buffers, HeapOf(context).Charged));
    }

    [Fact]
    public void A_second_step_that_is_refused_rolls_the_first_back()
    {
        using var tee = new InProcessTee(board: InProcessTee.DynamicBoard);
        var restrictor = new Restrictor { Refusal = Errno.ENOMEM };
        DmaHeap heap = Make(tee, restrictor);

        Assert.Equal(Errno.ENOMEM, Assert.Throws<TeeDriverException>(() => heap.Allocate(5000, 0, client: 7)).Errno);

        Assert.Equal((0, 0UL, 0UL), (heap.BackEnd.Query().Buffers, heap.BackEnd.Query().Used, heap.Account.Usage.Used));
        Assert.Equal(0UL, heap.Account.Usage.Peak);
    }

    [Fact]
    public void Release_is_in_the_reverse_order_and_stops_where_the_vendor_refuses_so_that_restricted_memory_is_never_handed_out()
    {
        using var tee = new InProcessTee(board: InProcessTee.DynamicBoard);
        var restrictor = new Restrictor();
        DmaHeap heap = Make(tee, restrictor);
        restrictor.OnUnrestrict = () => Assert.Equal(1, heap.BackEnd.Query().Buffers); // it is not free yet
        heap.Allocate(5000, 0, client: 7).Release();
        Assert.Equal((0, 0UL), (heap.BackEnd.Query().Buffers, heap.Account.Usage.Used));

        restrictor.Refusal = Errno.EBUSY;
        restrictor.RefusesOnlyRelease = true;
        heap.Allocate(5000, 0, client: 7).Release();

        Assert.Equal((1, 0x4000UL), (heap.BackEnd.Query().Buffers, heap.Account.Usage.Used));
    }

    [Fact]
    public void A_second_step_that_fails_half_way_and_cannot_be_undone_keeps_the_memory_from_everybody()
    {
        using var tee = new InProcessTee(board: InProcessTee.DynamicBoard);
        DmaHeap heap = Make(tee, new Restrictor { Refusal = Errno.EBUSY, RefusesHalfWay = true });

        Assert.Equal(Errno.ENOMEM, Assert.Throws<TeeDriverException>(() => heap.Allocate(5000, 0, client: 7)).Errno);

        Assert.Equal(1, heap.BackEnd.Query().Buffers);
    }

    [Fact]
    public void A_pipeline_finds_the_heap_that_all_of_its_devices_share()
    {
        using var tee = new InProcessTee(board: InProcessTee.DynamicBoard);
        DmaDevice decoder = TestMemory.Device("decoder", DmaAccess.ReadWrite) with { Heaps = [Name, "protected,secure-video"] };
        DmaDevice display = TestMemory.Device("display", DmaAccess.Read) with { Heaps = ["system", "protected,secure-video"] };

        Assert.Equal(["protected,secure-video"], tee.Host.Heaps.SharedBy([decoder, display], 4096).Select(heap => heap.Name));
        Assert.Equal(["protected,secure-video", Name], tee.Host.Heaps.SharedBy([decoder], 4096).Select(heap => heap.Name));
        Assert.Empty(tee.Host.Heaps.SharedBy([decoder, display with { AddressBits = 20 }], 4096));
    }

    [Fact]
    public void Each_heap_names_the_devices_of_the_board_that_can_work_on_its_buffers()
    {
        using var tee = new InProcessTee(board: InProcessTee.DynamicBoard);
        using TeeContext context = tee.OpenContext();

        IEnumerable<string> SharedBy(params string[] pipeline) => context.Heaps.Where(heap => pipeline.All(name => heap.Devices.Any(device => device.Name == name && device.Problem is null))).Select(heap => heap.Name);

        Assert.Contains("protected,secure-video", SharedBy(BusMasterNames.VideoDecoder, BusMasterNames.DisplayController));
        Assert.DoesNotContain("protected,secure-video-record", SharedBy(BusMasterNames.VideoDecoder, BusMasterNames.DisplayController));
        Assert.DoesNotContain("protected,secure-video", SharedBy(BusMasterNames.Camera));
        Assert.Equal(["system"], SharedBy(BusMasterNames.Camera, BusMasterNames.VideoDecoder));
    }

    private static HeapInfo HeapOf(TeeContext context) => context.Heaps.Single(heap => heap.Name == Name);

    private static DmaHeap Make(InProcessTee tee, IRestrictor restrictor) =>
        VendorHeap.RowOf(UseCase.SecureVideoPlay, _ => restrictor).Create(new HeapParts(tee.Driver, new ProtectedMemoryClient(tee.Driver), RowGate.Instance));

    private static Span<byte> View(InProcessTee tee, MemoryRange range) => tee.Bank.GetSpan(range.Address - tee.Bank.Range.Start.Value, (int)range.Length);

    /// <summary>A vendor's call that says yes, or what the test wants.</summary>
    private sealed class Restrictor : IRestrictor
    {
        internal Errno? Refusal { get; set; }

        internal bool RefusesOnlyRelease { get; set; }

        internal Action? OnUnrestrict { get; set; }

        public string By => "vendor";

        public ulong Alignment => 0x4000;

        public ulong SizeFor(ulong size) => (size + 0x3FFF) & ~0x3FFFUL;

        /// <summary>It is refused when the memory has been taken already.</summary>
        internal bool RefusesHalfWay { get; set; }

        public ulong Restrict(PhysicalRange range, ReleaseSteps steps)
        {
            Assert.Equal((0UL, 0UL), (range.Start.Value % Alignment, range.Length % Alignment));
            if (Refusal is { } errno && !RefusesOnlyRelease && !RefusesHalfWay)
                throw new TeeDriverException(errno, "The vendor says no.");
            steps.Add(Unrestrict);
            return RefusesHalfWay ? throw new TeeDriverException(Errno.ENOMEM, "The vendor cannot go on.") : 0UL;
        }

        private void Unrestrict()
        {
            if (Refusal is { } errno)
                throw new TeeDriverException(errno, "The vendor says no.");
            OnUnrestrict?.Invoke();
        }
    }
}
