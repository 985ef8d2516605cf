using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.DmaBuf;
using RestrictedTee.NormalWorld.DmaBuf.Devices;
using RestrictedTee.NormalWorld.Heaps;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Board;
using RestrictedTee.SmcTransport.NormalRam;
using RestrictedTee.Tests.Harness;

namespace RestrictedTee.Tests.Memory;

/// <summary>What every heap back end must do, over all that are registered, on both conduit ABIs.</summary>
public sealed class HeapBackEndTests
{
    public static TheoryData<string, ConduitAbi> BackEnds
    {
        get
        {
            var data = new TheoryData<string, ConduitAbi>();
            foreach (HeapBackEndKind kind in HeapBackEnds.All)
            {
                data.Add(kind.Name, ConduitAbi.Smc);
                data.Add(kind.Name, ConduitAbi.Ffa);
            }

            return data;
        }
    }

    [Fact]
    public void Every_pool_of_every_board_has_exactly_one_heap_of_its_name_and_no_two_heaps_share_one()
    {
        foreach (BoardFile board in BoardFile.EmbeddedNames.Select(BoardFile.Load))
        {
            string[] names = [.. HeapBackEnds.RowsOf(board).Select(row => row.Name)];

            Assert.Equal(names.Distinct(), names);
            Assert.Subset(names.ToHashSet(), board.Pools.Select(pool => board.HeapNameOf(pool.UseCase)).ToHashSet());
        }

        Assert.Equal(HeapBackEnds.All.Count, HeapBackEnds.All.Select(kind => kind.Name).Distinct().Count());
    }

    [Theory]
    [MemberData(nameof(BackEnds))]
    public void A_buffer_is_counted_while_it_lives_and_lies_in_a_range_of_its_own(string kind, ConduitAbi abi)
    {
        using InProcessTee tee = Tee(kind, abi);
        IHeapBackEnd backEnd = HeapOf(tee, kind).BackEnd;

        PoolMemory first = backEnd.Allocate(8192, Page), second = backEnd.Allocate(4096, Page);
        PoolState both = backEnd.Query();
        backEnd.Free(first);
        PoolState one = backEnd.Query();
        backEnd.Free(second);
        PoolState none = backEnd.Query();

        Assert.NotEqual(first.Ranges, second.Ranges);
        Assert.Equal((2, 12288UL), (both.Buffers, both.Used));
        Assert.Equal((1, 4096UL), (one.Buffers, one.Used));
        Assert.Equal((0, 0UL), (none.Buffers, none.Used));
        Assert.True(none.LargestFree > both.LargestFree || none.LargestFree == both.Size);
    }

    [Theory]
    [MemberData(nameof(BackEnds))]
    public void What_does_not_fit_is_enomem_and_leaves_nothing_behind(string kind, ConduitAbi abi)
    {
        using InProcessTee tee = Tee(kind, abi);
        IHeapBackEnd backEnd = HeapOf(tee, kind).BackEnd;
        PoolState before = backEnd.Query();

        Assert.Equal(Errno.ENOMEM, Assert.Throws<TeeDriverException>(() => backEnd.Allocate(before.Size + Page, Page)).Errno);

        Assert.Equal(before, backEnd.Query());
        backEnd.Free(backEnd.Allocate(before.LargestFree, Page));
    }

    [Theory]
    [MemberData(nameof(BackEnds))]
    public void Sizes_that_no_memory_has_are_answered_and_leave_nothing_behind(string kind, ConduitAbi abi)
    {
        using InProcessTee tee = Tee(kind, abi);
        DmaHeap heap = HeapOf(tee, kind);
        PoolState before = heap.BackEnd.Query();
        DmaDevice narrow = TestMemory.Device("narrow", DmaAccess.ReadWrite) with { AddressBits = 20, Alignment = 0x1000 }, wide = narrow with { AddressBits = 64 };

        foreach (ulong size in new ulong[] { 0, 1, 1UL << 31, 1UL << 32, 1UL << 63, ulong.MaxValue - 0x1FFF, ulong.MaxValue - 0xFFF, ulong.MaxValue })
        {
            Assert.NotNull(heap.FindProblem(narrow, size));
            heap.FindProblem(wide, size);
            if (size != 1)
                Assert.True(Assert.Throws<TeeDriverException>(() => heap.Allocate(size, 0, client: 1)).Errno is Errno.ENOMEM or Errno.EINVAL);
            if (size != 1)
                AttachAndMap(size);
        }

        Assert.Equal((before, 0UL), (heap.BackEnd.Query(), heap.Account.Usage.Used));

        void AttachAndMap(ulong size)
        {
            TeeDriverException refused = Assert.Throws<TeeDriverException>(() =>
            {
                DmaBufObject deferred = tee.Host.Allocators.Create(size, heap.Name, client: 1);
                using var handle = new LocalDmaBuf(deferred, tee.Host.Exports);
                using DmaBufAttachment attachment = handle.Attach(wide, new TestMemory.Importer());
                attachment.Map(DmaDirection.ToDevice);
            });
            Assert.True(refused.Errno is Errno.ENOMEM or Errno.EINVAL or Errno.EACCES, refused.Message);
        }
    }

    [Theory]
    [MemberData(nameof(BackEnds))]
    public void When_the_secure_world_has_gone_what_it_kept_is_enodev_and_freeing_is_quiet(string kind, ConduitAbi abi)
    {
        using InProcessTee tee = Tee(kind, abi);
        IHeapBackEnd backEnd = HeapOf(tee, kind).BackEnd;
        PoolMemory memory = backEnd.Allocate(4096, Page);

        tee.Driver.Dispose();

        if (kind is "static" or "dynamic") // of the others the secure world has nothing before their second step
        {
            Assert.Equal(Errno.ENODEV, Assert.Throws<TeeDriverException>(() => backEnd.Allocate(4096, Page)).Errno);
            Assert.Equal(Errno.ENODEV, Assert.Throws<TeeDriverException>(() => backEnd.Query()).Errno);
        }

        backEnd.Free(memory);
    }

    [Theory]
    [MemberData(nameof(BackEnds))]
    public void Destroying_a_back_end_leaves_no_hold_on_normal_ram_even_while_a_buffer_is_out(string kind, ConduitAbi abi)
    {
        InProcessTee tee = Tee(kind, abi);
        DmaBufHandle leftOut = tee.OpenContext().AllocateRestricted(HeapOf(tee, kind).Name, 4096);

        tee.Dispose();

        Assert.False(tee.Bank.TryAddReference(), "The bank is still held.");
        leftOut.Dispose();
    }

    [Theory]
    [MemberData(nameof(BackEnds))]
    public void A_buffer_of_every_heap_can_be_registered_with_the_tee_by_its_descriptor_and_is_charged_until_it_is_freed(string kind, ConduitAbi abi)
    {
        using InProcessTee tee = Tee(kind, abi);
        using TeeContext context = tee.OpenContext();
        DmaHeap heap = HeapOf(tee, kind);

        using (DmaBufHandle buffer = context.AllocateRestricted(heap.Name, 5000))
        using (SharedMemory memory = context.RegisterSharedMemory(buffer))
        {
            Assert.Equal(8192, memory.Size);
            Assert.True(heap.Account.Usage.Used >= 8192);
        }

        Assert.Equal((0UL, 0), (heap.Account.Usage.Used, heap.BackEnd.Query().Buffers));
        Assert.True(heap.Account.Usage.Peak >= 8192);
        tee.AssertStillServes();
    }

    [Theory]
    [MemberData(nameof(BackEnds))]
    public void A_heap_says_how_its_buffers_are_kept_from_the_cpu_and_so_do_they(string kind, ConduitAbi abi)
    {
        using InProcessTee tee = Tee(kind, abi);
        using TeeContext context = tee.OpenContext();
        DmaHeap heap = HeapOf(tee, kind);
        using DmaBufHandle buffer = context.AllocateRestricted(heap.Name, 5000);

        DmaBufInfo info = buffer.Info;
        HeapInfo listed = context.Heaps.Single(h => h.Name == heap.Name);

        Assert.Equal((heap.Name, 8192UL, listed.Restriction, listed.RestrictedBy, listed.Offers), (info.HeapName, info.Size, info.Restriction, info.RestrictedBy, info.Offers));
        Assert.Equal(info.Restriction == RestrictionKind.None, info.RestrictedBy.Length == 0);
        if (info.Restriction == RestrictionKind.None)
            Assert.Equal(8192, buffer.Map().Length);
        else
            Assert.Equal((Errno.EINVAL, Errno.EPERM), (
                Assert.Throws<TeeDriverException>(() => buffer.Map().Length).Errno,
                Assert.Throws<TeeDriverException>(() => buffer.BeginCpuAccess(DmaDirection.FromDevice, TimeSpan.Zero)).Errno));
    }

    private const ulong Page = PhysicalAddress.PageSize;

    private static DmaHeap HeapOf(InProcessTee tee, string kind)
    {
        string name = HeapBackEnds.All.Single(k => k.Name == kind).RowsOf(tee.Board).First().Name;
        return tee.Host.Heaps.Named(name);
    }

    private static InProcessTee Tee(string kind, ConduitAbi abi)
    {
        BoardFile[] boards = [InProcessTee.SmallBoard, InProcessTee.DynamicBoard, InProcessTee.ReservedBoard];
        HeapBackEndKind wanted = HeapBackEnds.All.Single(k => k.Name == kind);
        return new InProcessTee(board: boards.First(board => wanted.RowsOf(board).Any()), abi: abi);
    }
}
