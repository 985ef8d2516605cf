using RestrictedTee.SmcTransport.Board;

namespace RestrictedTee.Tests.Board;

/// <summary>What a board file can say of a pool, and what would contradict itself.</summary>
public sealed class PoolTests
{
    private const string Reserved = "\"kind\": \"reserved\", \"base\": \"0x0f000000\"", Static = "\"base\": \"0x0f000000\"", Dynamic = "\"kind\": \"dynamic\"";

    [Fact]
    public void A_reserved_pool_has_the_alignment_of_its_buffers_and_says_who_restricts_it()
    {
        BoardFile board = Parse(Reserved + ", \"alignment\": \"64KiB\", \"restrictedBy\": \"gpu-firmware\"");

        Assert.Equal((true, 64UL << 10, "gpu-firmware"), (board.Pools[0].IsReserved, board.Pools[0].Alignment, board.Pools[0].RestrictedBy));
        Assert.Equal(64UL << 10, board.GranularityOf(board.Pools[0].UseCase));
        Assert.Equal("boot loader", Parse(Reserved).Pools[0].RestrictedBy);
    }

    [Theory]
    [InlineData(Reserved)]
    [InlineData(Static)]
    [InlineData(Dynamic)]
    public void A_pool_of_any_kind_may_have_limits_for_all_and_for_each_client(string kind)
    {
        PoolRegion pool = Parse(kind + ", \"limit\": \"512KiB\", \"clientLimit\": 4096").Pools[0];

        Assert.Equal((512UL << 10, 4096UL), (pool.Limit, pool.ClientLimit));
        Assert.Equal((null, null), (Parse(kind).Pools[0].Limit, Parse(kind).Pools[0].ClientLimit));
    }

    [Theory]
    [InlineData(Static + ", \"limit\": 8192, \"clientLimit\": 12288", "clientLimit 0x3000 is more than the limit 0x2000")]
    [InlineData(Static + ", \"limit\": \"2MiB\"", "more than the 0x100000 bytes")]
    [InlineData(Static + ", \"clientLimit\": \"2MiB\"", "more than the 0x100000 bytes")]
    [InlineData(Reserved + ", \"limit\": \"2MiB\"", "more than the 0x100000 bytes")]
    [InlineData(Static + ", \"limit\": 0", "not 0")]
    [InlineData(Dynamic + ", \"clientLimit\": 5000", "multiple of 4096")]
    [InlineData(Reserved + ", \"alignment\": \"12KiB\"", "power of two")]
    [InlineData(Reserved + ", \"alignment\": 1024", "power of two, at least 4096")]
    [InlineData(Reserved + ", \"alignment\": \"2MiB\"", "multiple of its alignment")]
    [InlineData("\"kind\": \"reserved\", \"base\": \"0x0f010000\", \"alignment\": \"128KiB\"", "base 0xf010000 must be a multiple")]
    [InlineData(Dynamic + ", \"alignment\": \"0x8000000000000000\"", "multiple of its alignment")]
    [InlineData(Static + ", \"restrictedBy\": \"gpu-firmware\"", "the TEE restricts it")]
    [InlineData(Reserved + ", \"restrictedBy\": \"<gpu>\"", "words of letters and digits")]
    [InlineData(Static + ", \"quota\": 1", "takes useCase, size, kind, base, alignment, restrictedBy, limit, clientLimit")]
    public void A_pool_that_contradicts_itself_is_refused_with_line_and_reason(string members, string reason)
    {
        InvalidDataException thrown = Assert.Throws<InvalidDataException>(() => Parse(members));

        Assert.Contains("line 8: ", thrown.Message, StringComparison.Ordinal);
        Assert.Contains(reason, thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_static_soc_has_restrictions_by_tee_boot_loader_and_gpu_side_by_side_and_a_gpus_memory_is_for_the_gpu_alone()
    {
        BoardFile board = BoardFile.Load("static-soc");
        PoolRegion gpu = board.Pools.Single(pool => pool.RestrictedBy == "gpu-firmware");

        Assert.Contains(board.Pools, pool => pool is { IsReserved: false, IsDynamic: false });
        Assert.Contains(board.Pools, pool => pool is { IsReserved: true, RestrictedBy: PoolRegion.DefaultRestrictedBy });
        Assert.Equal(["acme,discrete-gpu"], board.BusMasters.Where(master => master.RightsTo(gpu.UseCase) != BusRights.None).Select(master => master.Name));
        Assert.True((ulong)board.Pools.Sum(pool => (long)pool.Size) + board.SecureRam.Size <= 8 << 20, "More than an ordinary user may lock.");
    }

    private static BoardFile Parse(string members) => BoardFile.Parse(BoardDocuments.Version2With(members), "board");
}
