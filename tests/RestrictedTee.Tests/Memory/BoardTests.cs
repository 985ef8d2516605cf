using RestrictedTee.SmcTransport.Board;

namespace RestrictedTee.Tests.Memory;

public sealed class BoardTests
{
    private const string Good = """
        { "version": 1, "normalRam": { "base": "0x40000000", "size": "16MiB" }, "reservedShm": { "base": "0x40000000", "size": "1MiB" },
          "secureRam": { "base": "0x0e100000", "size": 65536 }, "pools": [ { "useCase": "secure-video", "base": "0x0f000000", "size": "1MiB" } ] }
        """;

    [Fact]
    public void A_good_board_is_read() => Assert.Equal(1UL << 20, BoardFile.Parse(Good, "board").Pools.Single().Size);

    [Fact]
    public void The_embedded_board_fits_the_usual_locked_memory_limit()
    {
        BoardFile board = BoardFile.Default;

        Assert.Equal(UseCases.All, board.Pools.Select(pool => pool.UseCase));
        Assert.InRange(board.Pools.Aggregate(board.SecureRam.Size, (sum, pool) => sum + pool.Size), 0UL, 8UL << 20);
    }

    [Theory]
    [InlineData("\"version\": 1", "\"version\": 2", "version")]
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
