using System.Text;
using System.Text.Json.Nodes;
using RestrictedTee.NormalWorld.DmaBuf.Devices;
using RestrictedTee.NormalWorld.Heaps;
using RestrictedTee.SmcTransport.Board;
using RestrictedTee.Tests.Harness;

namespace RestrictedTee.Tests.Board;

/// <summary>A board file is refused with a reason or describes a board that both worlds can be made of, whatever stands in it.</summary>
public sealed class HostileBoardTests
{
    private static readonly string[] Values =
    [
        "0", "-1", "1", "3", "4096", "65", "1e3", "0.5", "2147483647", "2147483648", "4294967296", "9223372036854775808", "18446744073709551615", "99999999999999999999", "1e999",
        "null", "true", "[]", "{}", "\"\"", "\"0x\"", "\"0x8000000000000000\"", "\"0xFFFFFFFFFFFFF000\"", "\"18EiB\"", "\"99999999999999GiB\"", "\"4MiB\"", "\"\\u0000\"", "\"tee\"", "\"read-write\"", "[[]]", "[null]", "[{}]",
    ];

    private static readonly System.Text.Json.JsonDocumentOptions Comments = new() { CommentHandling = System.Text.Json.JsonCommentHandling.Skip, AllowTrailingCommas = true };

    public static TheoryData<string> Embedded => [.. BoardFile.EmbeddedNames];

    [Theory]
    [MemberData(nameof(Embedded))]
    public void A_board_with_one_value_changed_is_refused_or_can_be_built(string name)
    {
        string json = Text(name);
        var root = JsonNode.Parse(json, documentOptions: Comments)!;
        foreach (string path in Leaves(root).ToList())
        {
            foreach (string value in Values)
            {
                foreach (string text in new[] { Replaced(json, path, value), Duplicated(json, path) })
                    Build(text, $"{path} = {value}");
            }
        }
    }

    [Theory]
    [InlineData('[', ']')]
    [InlineData('{', '}')]
    public void A_board_that_is_nested_deeply_is_refused(char open, char close)
    {
        const int Depth = 100_000;
        string item = open == '{' ? "{\"pools\":" : "[";
        string json = new StringBuilder().Insert(0, item, Depth).Append('1').Append(close, Depth).ToString();

        Assert.Throws<InvalidDataException>(() => BoardFile.Parse(json, "test"));
        Assert.Throws<InvalidDataException>(() => BoardFile.Parse(json[..(Depth / 2)], "test"));
    }

    [Fact]
    public void A_board_has_no_more_bus_masters_than_a_descriptor_has_bits_for()
    {
        JsonNode root = JsonNode.Parse(Text("default"), documentOptions: Comments)!;
        JsonArray masters = root["busMasters"]!.AsArray();
        while (masters.Count < 64)
            masters.Add(new JsonObject { ["name"] = $"vendor,device-{masters.Count}" });
        Assert.Equal(64, BoardFile.Parse(root.ToJsonString(), "test").BusMasters.Count);
        masters.Add(new JsonObject { ["name"] = "vendor,device-64" });

        InvalidDataException refused = Assert.Throws<InvalidDataException>(() => BoardFile.Parse(root.ToJsonString(), "test"));

        Assert.Contains("vendor,device-64 is one too many", refused.Message, StringComparison.Ordinal);
    }

    private static void Build(string json, string what)
    {
        try
        {
            BoardFile board = BoardFile.Parse(json, "test");
            _ = HeapBackEnds.RowsOf(board).ToList();
            _ = new BoardDevices(board).All;
            foreach (PoolRegion pool in board.Pools)
                Assert.True(board.GranularityOf(pool.UseCase) is > 0 and <= int.MaxValue && pool.Size <= int.MaxValue, what);
            Assert.True(board.BusMasters.Count <= 64, what);
        }
        catch (InvalidDataException e)
        {
            Assert.StartsWith("test: ", e.Message, StringComparison.Ordinal);
        }
        catch (Exception e) when (e is not Xunit.Sdk.IAssertionException)
        {
            Assert.Fail($"{what}: {e}");
        }
    }

    private static string Text(string name)
    {
        using Stream stream = typeof(BoardFile).Assembly.GetManifestResourceStream($"{name}-board.json")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private static IEnumerable<string> Leaves(JsonNode? node)
    {
        if (node is null)
            yield break;
        if (node.Parent is not null)
            yield return node.GetPath();
        IEnumerable<JsonNode?> below = node switch
        {
            JsonObject o => o.Select(member => member.Value),
            JsonArray a => a,
            _ => [],
        };
        foreach (string leaf in below.SelectMany(Leaves))
            yield return leaf;
    }

    private static JsonNode Find(JsonNode root, string path) => Nodes(root).First(node => node.GetPath() == path);

    private static IEnumerable<JsonNode> Nodes(JsonNode node)
    {
        yield return node;
        IEnumerable<JsonNode?> below = node switch
        {
            JsonObject o => o.Select(member => member.Value),
            JsonArray a => a,
            _ => [],
        };
        foreach (JsonNode found in below.OfType<JsonNode>().SelectMany(Nodes))
            yield return found;
    }

    /// <summary>Another value in its place; a marker, since not each of them is one that a node can hold.</summary>
    private static string Replaced(string json, string path, string value)
    {
        JsonNode root = JsonNode.Parse(json, documentOptions: Comments)!;
        Find(root, path).ReplaceWith("@marker@");
        return root.ToJsonString().Replace("\"@marker@\"", value, StringComparison.Ordinal);
    }

    /// <summary>The same row once more, as many times as no board has.</summary>
    private static string Duplicated(string json, string path)
    {
        JsonNode root = JsonNode.Parse(json, documentOptions: Comments)!;
        JsonNode node = Find(root, path);
        if (node.Parent is JsonArray rows)
        {
            for (int i = 0; i < 70; i++)
                rows.Add(node.DeepClone());
        }

        return root.ToJsonString();
    }
}
