using RestrictedTee.SmcTransport.Board;

namespace RestrictedTee.Tests.Board;

/// <summary>Version 2 of the board file: use cases of the board's own, and the bus masters.</summary>
public sealed class BusMasterTests
{
    private const string Good = """
        {
          "version": 2,
          "normalRam": { "base": "0x40000000", "size": "16MiB" },
          "reservedShm": { "base": "0x40000000", "size": "1MiB" },
          "secureRam": { "base": "0x0e100000", "size": 65536 },
          "useCases": [
            { "number": 1, "name": "secure-video" },
            { "number": 77, "name": "key-material" }
          ],
          "pools": [
            { "useCase": "secure-video", "base": "0x0f000000", "size": "1MiB" },
            { "useCase": "key-material", "base": "0x8f000000", "size": "64KiB" }
          ],
          "busMasters": [
            { "name": "tee", "rights": { "secure-video": "read-write" } },
            { "name": "ta", "uuid": "6c0e1a35-0d7b-4f2b-9a8e-3f1f0a2b5c71", "rights": { "key-material": "write" } },
            { "name": "camera", "addressWidth": 32, "contiguous": true, "alignment": "64KiB", "rights": { "secure-video": "write" } },
            { "name": "acme,npu", "iommu": true }
          ]
        }
        """;

    [Fact]
    public void A_use_case_of_the_boards_own_has_a_number_a_pool_and_a_heap()
    {
        BoardFile board = BoardFile.Parse(Good, "board");

        Assert.Equal(("key-material", "protected,key-material"), (board.NameOf(new UseCase(77)), board.HeapNameOf(new UseCase(77))));
        Assert.Equal(64UL << 10, board.PoolOf(new UseCase(77))!.Size);
    }

    [Fact]
    public void A_bus_master_is_read_with_its_reach_and_its_rights()
    {
        BusMasterRow camera = BoardFile.Parse(Good, "board").BusMasters[2];

        Assert.Equal((32, true, 64UL << 10, false), (camera.AddressWidth, camera.NeedsContiguous, camera.Alignment, camera.IsBehindIommu));
        Assert.Equal((BusRights.Write, BusRights.None), (camera.RightsTo(UseCase.SecureVideoPlay), camera.RightsTo(new UseCase(77))));
    }

    [Theory]
    [InlineData("", "board: line 1: it is empty.")]
    [InlineData("{\n  \"version\": 2\n  \"pools\": []\n}", "board: line 3: it is malformed: '\"' is invalid after a value. Expected either ',', '}', or ']'.")]
    public void What_is_no_json_is_refused_with_one_line_number_as_editors_count(string json, string message)
    {
        InvalidDataException refused = Assert.Throws<InvalidDataException>(() => BoardFile.Parse(json, "board"));

        Assert.Equal(message, refused.Message);
    }

    [Fact]
    public void A_folder_is_no_board_file() =>
        Assert.Contains("it is a folder", Assert.Throws<InvalidDataException>(() => BoardFile.Load(Path.GetTempPath())).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("\"key-material\" }\n", "\"secure-video\" }\n", 8, "number or name of 'secure-video'")]
    [InlineData("\"number\": 77", "\"number\": 1", 8, "number or name")]
    [InlineData("\"number\": 77", "\"number\": 0", 8, "lies between")]
    [InlineData("\"name\": \"key-material\"", "\"name\": \"Key material\"", 8, "no name of a use case")]
    [InlineData("\"useCase\": \"key-material\"", "\"useCase\": \"trusted-ui\"", 12, "secure-video, key-material, not 'trusted-ui'")]
    [InlineData("\"useCase\": \"key-material\"", "\"useCase\": \"secure-video\"", 12, "twice")]
    [InlineData("0x8f000000", "0x0f010000", 12, "overlaps")]
    [InlineData("{ \"name\": \"tee\"", "{ \"name\": \"tea\"", 15, "a bus master is one of")]
    [InlineData("\"acme,npu\"", "\"acme,\"", 18, "a bus master is one of")]
    [InlineData("\"acme,npu\"", "\"camera\"", 18, "stands there twice")]
    [InlineData("\"rights\": { \"key-material\": \"write\" }", "\"rights\": { \"keys\": \"write\" }", 16, "not 'keys'")]
    [InlineData("\"key-material\": \"write\"", "\"key-material\": \"execute\"", 16, "a right is one of")]
    [InlineData("\"secure-video\": \"read-write\"", "\"secure-video\": \"read\"", 15, "it scrubs every pool")]
    [InlineData("\"acme,npu\", \"iommu\": true", "\"normal-world-cpu\", \"rights\": { \"secure-video\": \"read-write\" }", 18, "not restricted")]
    [InlineData("\"acme,npu\"", "\"acme,npu\", \"contiguous\": true", 18, "IOMMU")]
    [InlineData("\"acme,npu\"", "\"acme,npu\", \"uuid\": \"6c0e1a35-0d7b-4f2b-9a8e-3f1f0a2b5c71\"", 18, "no trusted application")]
    [InlineData("\"addressWidth\": 32", "\"addressWidth\": 16", 17, "lies between 32 and 64")]
    [InlineData("\"alignment\": \"64KiB\"", "\"alignment\": \"12KiB\"", 17, "power of two")]
    [InlineData("\"alignment\": \"64KiB\"", "\"alignment\": \"2MiB\"", 17, "needs an alignment")]
    [InlineData("\"base\": \"0x0f000000\"", "\"base\": \"0x10f000000\"", 17, "ends at")]
    [InlineData("\"iommu\": true", "\"iommu\": 1", 18, "true or false")]
    [InlineData("\"iommu\": true", "\"colour\": 1", 18, "colour")]
    [InlineData("\"version\": 2,", "\"version\": 2 \"", 2, "malformed")]
    public void A_board_that_is_unknown_overlapping_or_contradictory_is_refused_with_line_and_reason(string old, string now, int line, string reason)
    {
        string board = Good.Replace(old, now, StringComparison.Ordinal);

        InvalidDataException thrown = Assert.Throws<InvalidDataException>(() => BoardFile.Parse(board, "board"));

        Assert.Contains($"line {line}: ", thrown.Message, StringComparison.Ordinal);
        Assert.Contains(reason, thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pool_may_be_reserved_and_in_version_1_it_may_not()
    {
        const string Kind = "\"useCase\": \"secure-video\", \"kind\": \"reserved\"";

        Assert.True(BoardFile.Parse(Good.Replace("\"useCase\": \"secure-video\"", Kind, StringComparison.Ordinal), "board").Pools[0].IsReserved);
        Assert.Throws<InvalidDataException>(() => BoardFile.Parse(BoardDocuments.Version1.Replace("\"useCase\": \"secure-video\"", Kind, StringComparison.Ordinal), "board"));
    }

    [Fact]
    public void A_board_without_bus_masters_lets_at_restricted_memory_who_version_1_let_at_it()
    {
        BoardFile board = BoardFile.Parse(BoardDocuments.Version1, "board");

        Assert.Equal([BusMasterNames.Tee, BusMasterNames.TrustedApp], board.BusMasters.Select(master => master.Name));
        Assert.All(board.BusMasters, master => Assert.All(board.UseCases, row => Assert.Equal(BusRights.ReadWrite, master.RightsTo(row.UseCase))));
    }
}
