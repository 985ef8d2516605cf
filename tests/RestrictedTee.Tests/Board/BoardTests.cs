using RestrictedTee.SmcTransport.Board;

namespace RestrictedTee.Tests.Board;

public sealed class BoardTests
{
    private const string Good = """
        { "version": 1, "normalRam": { "base": "0x40000000", "size": "16MiB" }, "reservedShm": { "base": "0x40000000", "size": "1MiB" },
          "secureRam": { "base": "0x0e100000", "size": 65536 }, "pools": [ { "useCase": "secure-video", "base": "0x0f000000", "size": "1MiB" } ] }
        """;

    [Fact]
    public void A_good_board_is_read() => Assert.Equal(1UL << 20, BoardFile.Parse(Good, "board").Pools.Single().Size);

    public static TheoryData<string> Embedded => [.. BoardFile.EmbeddedNames];

    [Theory]
    [MemberData(nameof(Embedded))]
    public void An_embedded_board_fits_the_usual_locked_memory_limit_unless_it_is_for_media(string name)
    {
        BoardFile board = BoardFile.Load(name);

        Assert.Equal(board.UseCases.Select(row => row.UseCase), board.Pools.Select(pool => pool.UseCase));
        if (name != "media")
            Assert.InRange(board.Pools.Aggregate(board.SecureRam.Size + (board.PartitionRam?.Size ?? 0), (sum, pool) => sum + pool.Size), 0UL, 8UL << 20);
    }

    private static readonly Dictionary<UseCase, BusRights> NoRights = [];

    [Fact]
    public void The_default_board_is_what_its_file_says()
    {
        BoardFile written = BoardFile.LoadEmbedded("default"), made = BoardFile.Default;

        Assert.Equal(written.Pools, made.Pools);
        Assert.Equal(written.UseCases, made.UseCases);
        Assert.Equal(written.Partitions, made.Partitions);
        Assert.Equal(written.BusMasters.Select(WithoutRights), made.BusMasters.Select(WithoutRights));
        Assert.Equal(written.BusMasters.Select(master => master.Rights), made.BusMasters.Select(master => master.Rights));
        Assert.Equal(written with { Pools = made.Pools, UseCases = made.UseCases, Partitions = made.Partitions, BusMasters = made.BusMasters }, made);
    }

    /// <summary>A record compares a dictionary by its reference.</summary>
    private static BusMasterRow WithoutRights(BusMasterRow master) => master with { Rights = NoRights };

    [Fact]
    public void Test_partitions_are_on_the_boards_that_are_named_after_them_and_on_no_other()
    {
        foreach (string name in BoardFile.EmbeddedNames)
        {
            BoardFile board = BoardFile.Load(name);
            bool isTest = name.StartsWith("ffa-test", StringComparison.Ordinal);

            Assert.Equal(isTest ? TestPartitions.All : [], board.Partitions);
            Assert.Equal(isTest, board.PartitionRam is not null);
            Assert.All(board.Pools, pool => Assert.Equal(name.EndsWith("dynamic", StringComparison.Ordinal), pool.IsDynamic));
        }
    }

    [Fact]
    public void A_pool_may_be_dynamic_and_partitions_may_be_there()
    {
        BoardFile board = BoardFile.Parse(
            Good.Replace("\"base\": \"0x0f000000\"", "\"kind\": \"dynamic\", \"alignment\": \"64KiB\"", StringComparison.Ordinal)
                .Replace("\"pools\"", "\"partitions\": [ \"logical\", \"echo-2\" ], \"partitionRam\": { \"base\": \"0x0d000000\", \"size\": \"64KiB\" }, \"pools\"", StringComparison.Ordinal),
            "board");

        Assert.Equal((true, 1UL << 20, 64UL << 10), (board.Pools[0].IsDynamic, board.Pools[0].Size, board.Pools[0].Alignment));
        Assert.Equal(0x0d00_0000UL, board.PartitionRam!.Base);
        Assert.Equal([TestPartition.Logical, TestPartition.Echo2], board.Partitions);
    }

    [Theory]
    [InlineData("\"base\": \"0x0f000000\"", "\"kind\": \"dynamic\", \"base\": \"0x0f000000\"", "no base")]
    [InlineData("\"base\": \"0x0f000000\",", "", "needs a base")]
    [InlineData("\"base\": \"0x0f000000\"", "\"kind\": \"elastic\"", "static or dynamic")]
    [InlineData("\"base\": \"0x0f000000\"", "\"base\": \"0x0f000000\", \"alignment\": 4096", "no alignment")]
    [InlineData("\"base\": \"0x0f000000\"", "\"kind\": \"dynamic\", \"alignment\": \"12KiB\"", "power of two")]
    [InlineData("\"base\": \"0x0f000000\"", "\"kind\": \"dynamic\", \"alignment\": \"2MiB\"", "multiple of its alignment")]
    [InlineData("\"base\": \"0x0f000000\", \"size\": \"1MiB\"", "\"kind\": \"dynamic\", \"size\": \"16MiB\"", "cannot be lent")]
    [InlineData("\"pools\"", "\"partitions\": [\"echo-1\"], \"partitionRam\": { \"base\": \"0x0f000000\", \"size\": 16384 }, \"pools\"", "overlaps")]
    [InlineData("\"pools\"", "\"partitions\": [\"echo-1\"], \"partitionRam\": { \"base\": \"0x0d000000\", \"size\": 4096 }, \"pools\"", "less than")]
    [InlineData("\"pools\"", "\"partitions\": [\"logical\"], \"partitionRam\": { \"base\": \"0x0d000000\", \"size\": 16384 }, \"pools\"", "no partition")]
    [InlineData("\"pools\"", "\"partitions\": [\"echo-1\"], \"pools\"", "needs partitionRam")]
    [InlineData("\"pools\"", "\"partitions\": [\"logical\", \"logical\"], \"pools\"", "twice")]
    [InlineData("\"pools\"", "\"partitions\": [\"echo-4\"], \"pools\"", "echo-3")]
    [InlineData("\"pools\"", "\"partitions\": \"logical\", \"pools\"", "list")]
    [InlineData("\"version\": 1", "\"version\": 3", "version")]
    [InlineData("\"size\": \"16MiB\"", "\"size\": \"16MiBs\"", "size or address")]
    [InlineData("\"size\": \"16MiB\"", "\"size\": 4097", "multiples")]
    [InlineData("\"size\": \"16MiB\"", "\"size\": \"2GiB\"", "between")]
    [InlineData("\"0x0f000000\"", "\"0x40001000\"", "overlaps")]
    [InlineData("\"0x0f000000\"", "\"0xfffffffffff00000\"", "wraps")]
    [InlineData("\"0x0f000000\"", "0", "base 0")]
    [InlineData("secure-video", "television", "use case")]
    [InlineData("\"version\": 1,", "\"version\": 1, \"colour\": 3,", "colour")]
    [InlineData("\"version\": 1,", "", "version")]
    [InlineData("{ \"version\"", "{{ \"version\"", "malformed")]
    public void A_bad_board_is_refused_in_words_that_say_what_is_wrong(string old, string now, string word)
    {
        string board = Good.Replace(old, now, StringComparison.Ordinal);

        InvalidDataException thrown = Assert.Throws<InvalidDataException>(() => BoardFile.Parse(board, "board"));

        Assert.Contains(word, thrown.Message, StringComparison.OrdinalIgnoreCase);
    }
}
