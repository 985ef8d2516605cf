using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.DmaBuf;
using RestrictedTee.NormalWorld.Heaps;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Board;
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
    public void Every_pool_of_every_board_has_exactly_one_back_end()
    {
        IEnumerable<PoolRegion> pools = BoardFile.EmbeddedNames.SelectMany(name => BoardFile.Load(name).Pools);

        Assert.All(pools, pool => Assert.Single(HeapBackEnds.All, kind => kind.Serves(pool)));
        Assert.Equal(HeapBackEnds.All.Count, HeapBackEnds.All.Select(kind => kind.Name).Distinct().Count());
    }

    [Theory]
    [MemberData(nameof(BackEnds))]
    public void A_buffer_is_counted_while_it_lives_and_named_by_a_cookie_of_its_own(string kind, ConduitAbi abi)
    {
        using InProcessTee tee = Tee(kind, abi);
        IHeapBackEnd backEnd = tee.Host.Heaps.All[0].BackEnd;

        ulong first = backEnd.Allocate(5000), second = backEnd.Allocate(4096);
        PoolState both = backEnd.Query();
        backEnd.Free(first);
        PoolState one = backEnd.Query();
        backEnd.Free(second);
        PoolState none = backEnd.Query();

        Assert.NotEqual(first, second);
        Assert.Equal((kind, 2, 12288UL), (both.Kind, both.Buffers, both.Used));
        Assert.Equal((1, 4096UL), (one.Buffers, one.Used));
        Assert.Equal((0, 0UL, both.Size), (none.Buffers, none.Used, none.LargestFree));
    }

    [Theory]
    [MemberData(nameof(BackEnds))]
    public void What_does_not_fit_is_enomem_and_leaves_nothing_behind(string kind, ConduitAbi abi)
    {
        using InProcessTee tee = Tee(kind, abi);
        IHeapBackEnd backEnd = tee.Host.Heaps.All[0].BackEnd;
        PoolState before = backEnd.Query();

        Assert.Equal(Errno.ENOMEM, Assert.Throws<TeeDriverException>(() => backEnd.Allocate(before.Size + 1)).Errno);

        Assert.Equal(before, backEnd.Query());
        backEnd.Free(backEnd.Allocate(before.Size));
    }

    [Theory]
    [MemberData(nameof(BackEnds))]
    public void When_the_secure_world_has_gone_allocating_is_enodev_and_freeing_is_quiet(string kind, ConduitAbi abi)
    {
        using InProcessTee tee = Tee(kind, abi);
        IHeapBackEnd backEnd = tee.Host.Heaps.All[0].BackEnd;
        ulong cookie = backEnd.Allocate(4096);

        tee.Driver.Dispose();

        Assert.Equal(Errno.ENODEV, Assert.Throws<TeeDriverException>(() => backEnd.Allocate(4096)).Errno);
        Assert.Equal(Errno.ENODEV, Assert.Throws<TeeDriverException>(() => backEnd.Query()).Errno);
        backEnd.Free(cookie);
    }

    [Theory]
    [MemberData(nameof(BackEnds))]
    public void Destroying_a_back_end_leaves_no_hold_on_normal_ram_even_while_a_buffer_is_out(string kind, ConduitAbi abi)
    {
        InProcessTee tee = Tee(kind, abi);
        DmaBufHandle leftOut = tee.OpenContext().AllocateRestricted(UseCase.SecureVideoPlay, 4096);

        tee.Dispose();

        Assert.False(tee.Bank.TryAddReference(), "The bank is still held.");
        leftOut.Dispose();
    }

    private static InProcessTee Tee(string kind, ConduitAbi abi)
    {
        BoardFile[] boards = [InProcessTee.SmallBoard, InProcessTee.DynamicBoard];
        HeapBackEndKind wanted = HeapBackEnds.All.Single(k => k.Name == kind);
        return new InProcessTee(board: boards.First(board => wanted.Serves(board.Pools[0])), abi: abi);
    }
}
