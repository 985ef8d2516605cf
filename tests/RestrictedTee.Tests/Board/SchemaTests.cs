using System.Text.Json;
using Json.Schema;
using RestrictedTee.NormalWorld.Launch;
using RestrictedTee.SmcTransport.Board;
using RestrictedTee.Tests.Harness;

namespace RestrictedTee.Tests.Board;

/// <summary>The schemas in schemas/ say what the readers say.</summary>
public sealed class SchemaTests
{
    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };
    private static readonly JsonSchema Boards = Load("board.schema.json");
    private static readonly JsonSchema Settings = Load("settings.schema.json");

    public static TheoryData<string> Shipped => [.. BoardDocuments.ShippedBoards];

    [Theory]
    [MemberData(nameof(Shipped))]
    public void A_board_that_ships_is_valid_and_names_the_schema_where_it_lies(string path)
    {
        string file = Path.Combine(Repository.Root, path);
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(file), Lenient);

        AssertValid(Boards, document.RootElement, path);
        string schema = document.RootElement.GetProperty("$schema").GetString()!;
        Assert.Equal(Path.Combine(Repository.Root, "schemas", "board.schema.json"), Path.GetFullPath(schema, Path.GetDirectoryName(file)!));
    }

    [Fact]
    public void Every_embedded_board_ships_as_a_file() =>
        Assert.Equal(BoardFile.EmbeddedNames.Order(StringComparer.Ordinal), BoardDocuments.ShippedBoards.Select(path => Path.GetFileName(path)[..^"-board.json".Length]).Order(StringComparer.Ordinal));

    [Fact]
    public void Every_document_in_the_documentation_is_valid_and_read()
    {
        (string Place, string Json)[] documents = [.. BoardDocuments.Documented];

        Assert.NotEmpty(documents);
        foreach ((string place, string json) in documents)
        {
            using JsonDocument document = JsonDocument.Parse(json, Lenient);
            bool isBoard = document.RootElement.TryGetProperty("version", out _);
            AssertValid(isBoard ? Boards : Settings, document.RootElement, place);
            if (isBoard)
                BoardFile.Parse(json, place);
        }
    }

    [Fact]
    public void A_board_of_version_1_is_valid_still()
    {
        using JsonDocument document = JsonDocument.Parse(BoardDocuments.Version1);

        AssertValid(Boards, document.RootElement, "version 1");
    }

    [Fact]
    public void The_settings_of_the_schema_are_those_that_are_read()
    {
        using JsonDocument schema = JsonDocument.Parse(File.ReadAllText(Path.Combine(Repository.Root, "schemas", "settings.schema.json")));
        IEnumerable<string> inSchema = schema.RootElement.GetProperty("properties").EnumerateObject().Select(p => p.Name).Where(name => name != "$schema");
        IEnumerable<string> read = typeof(LaunchOptions).GetProperties().Where(p => p.GetMethod!.IsPublic).Select(p => char.ToLowerInvariant(p.Name[0]) + p.Name[1..]);

        Assert.Equal(read.Order(StringComparer.Ordinal), inSchema.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("\"version\": 1", "\"version\": 3")]
    [InlineData("\"size\": \"4MiB\"", "\"size\": \"4MB\"")]
    [InlineData("\"secure-video\"", "\"television\"")]
    [InlineData("\"alignment\": \"64KiB\"", "\"base\": 4096")]
    [InlineData("\"base\": \"0x0f400000\", ", "")]
    [InlineData("\"version\": 1", "\"version\": 1, \"busMasters\": []")]
    [InlineData("\"dynamic\"", "\"reserved\"")]
    [InlineData("\"size\": \"1MiB\"", "\"size\": \"1MiB\", \"limit\": \"64KiB\"")]
    [InlineData("\"size\": \"1MiB\"", "\"size\": \"1MiB\", \"clientLimit\": \"64KiB\"")]
    [InlineData("\"size\": \"1MiB\"", "\"size\": \"1MiB\", \"restrictedBy\": \"gpu-firmware\"")]
    public void What_the_reader_refuses_for_its_shape_the_schema_refuses(string old, string now) =>
        AssertBothRefuse(BoardDocuments.Version1.Replace(old, now, StringComparison.Ordinal));

    [Theory]
    [InlineData("\"kind\": \"reserved\", \"base\": \"0x0f000000\", \"restrictedBy\": \"\"")]
    [InlineData("\"kind\": \"reserved\", \"base\": \"0x0f000000\", \"restrictedBy\": \"[red]\"")]
    [InlineData("\"kind\": \"reserved\", \"base\": \"0x0f000000\", \"restrictedBy\": \"a word too  much\"")]
    [InlineData("\"kind\": \"reserved\", \"base\": \"0x0f000000\", \"restrictedBy\": 3")]
    [InlineData("\"kind\": \"reserved\", \"base\": \"0x0f000000\", \"limit\": \"much\"")]
    [InlineData("\"kind\": \"reserved\", \"alignment\": 4096")]
    [InlineData("\"kind\": \"static\", \"base\": \"0x0f000000\", \"restrictedBy\": \"gpu-firmware\"")]
    [InlineData("\"base\": \"0x0f000000\", \"alignment\": 4096")]
    [InlineData("\"kind\": \"dynamic\", \"restrictedBy\": \"gpu-firmware\"")]
    public void What_the_reader_refuses_of_a_pool_of_version_2_the_schema_refuses(string members) =>
        AssertBothRefuse(BoardDocuments.Version2With(members));

    [Theory]
    [InlineData("\"kind\": \"reserved\", \"base\": \"0x0f000000\"")]
    [InlineData("\"kind\": \"reserved\", \"base\": \"0x0f000000\", \"alignment\": \"64KiB\", \"restrictedBy\": \"boot loader 2\", \"limit\": \"1MiB\"")]
    [InlineData("\"kind\": \"static\", \"base\": \"0x0f000000\", \"limit\": 8192, \"clientLimit\": 4096")]
    [InlineData("\"kind\": \"dynamic\", \"alignment\": \"64KiB\", \"limit\": \"2MiB\"")]
    public void What_the_reader_takes_of_a_pool_of_version_2_the_schema_takes(string members)
    {
        string json = BoardDocuments.Version2With(members);
        using JsonDocument document = JsonDocument.Parse(json);

        Assert.Single(BoardFile.Parse(json, "board").Pools);
        AssertValid(Boards, document.RootElement, members);
    }

    private static void AssertBothRefuse(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);

        Assert.Throws<InvalidDataException>(() => BoardFile.Parse(json, "board"));
        Assert.False(Boards.Evaluate(document.RootElement).IsValid);
    }

    private static void AssertValid(JsonSchema schema, JsonElement document, string place)
    {
        EvaluationResults results = schema.Evaluate(document, new EvaluationOptions { OutputFormat = OutputFormat.List });
        Assert.True(results.IsValid, $"{place}: {string.Join("; ", (results.Details ?? []).Where(d => d.Errors is not null).SelectMany(d => d.Errors!.Select(e => $"{d.InstanceLocation}: {e.Value}")))}");
    }

    private static JsonSchema Load(string name) => JsonSchema.FromText(File.ReadAllText(Path.Combine(Repository.Root, "schemas", name)));
}
