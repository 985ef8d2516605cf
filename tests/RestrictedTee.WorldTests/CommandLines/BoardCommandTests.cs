using System.Text.Json;
using RestrictedTee.WorldTests.Harness;

namespace RestrictedTee.WorldTests.CommandLines;

/// <summary><c>rtee board</c>, with which no TEE is started.</summary>
public sealed class BoardCommandTests : IDisposable
{
    private readonly Rtee.Folder _folder = new();

    [Fact]
    public void Prints_the_map_and_who_may_do_what()
    {
        Rtee.Result result = Rtee.Run("board", "--board", "media");

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("pool key-material", result.Output, StringComparison.Ordinal);
        Assert.Contains("key-material (16)", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Prints_the_access_matrix_for_programs()
    {
        using JsonDocument board = JsonDocument.Parse(Rtee.Run("board", "--json").Output);

        JsonElement display = board.RootElement.GetProperty("busMasters").EnumerateArray().Single(master => master.GetProperty("name").GetString() == "display-controller");
        Assert.Equal("read", display.GetProperty("rights").GetProperty("secure-video").GetString());
        Assert.Equal("none", display.GetProperty("rights").GetProperty("secure-video-record").GetString());
    }

    [Fact]
    public void Says_on_which_line_a_board_is_wrong()
    {
        string file = Path.Combine(_folder.Path, "board.json");
        File.WriteAllText(file, "{\n  \"version\": 2,\n  \"colour\": 3\n}");

        Rtee.Result result = Rtee.Run("board", "--board", file);

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("line 3: ", result.Errors, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();
}
