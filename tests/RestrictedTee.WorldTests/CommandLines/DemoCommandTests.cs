using RestrictedTee.CommandLine.Commands;
using RestrictedTee.CommandLine.Console;
using RestrictedTee.Contracts;
using RestrictedTee.SmcTransport.Board;
using RestrictedTee.Tests.Harness;
using RestrictedTee.WorldTests.Harness;
using SkiaSharp;
using Spectre.Console;

namespace RestrictedTee.WorldTests.CommandLines;

/// <summary><c>rtee demo</c>, the picture that it writes, and the faults that it and <c>rtee faults</c> print.</summary>
public sealed class DemoCommandTests
{
    public static TheoryData<string, string> Boards()
    {
        var data = new TheoryData<string, string>();
        foreach (string board in BoardFile.EmbeddedNames)
            data.Add(board, board.StartsWith("ffa", StringComparison.Ordinal) ? "ffa" : "smc");
        return data;
    }

    [Theory]
    [MemberData(nameof(Boards))]
    public void The_picture_in_the_readme_is_the_one_that_the_demo_writes_on_every_board(string board, string conduit)
    {
        using var folder = new Rtee.Folder();
        string screen = Path.Combine(folder.Path, "screen.png");

        Rtee.Result result = Rtee.Run("demo", "--board", board, "--conduit", conduit, "--screen", screen);

        Assert.True(result.ExitCode == 0, result.Output + result.Errors);
        Assert.Equal("", result.Errors);
        using SKBitmap shown = SKBitmap.Decode(screen), printed = SKBitmap.Decode(Path.Combine(Repository.Root, "docs", "screen.png"));
        Assert.Equal((printed.Width, printed.Height), (shown.Width, shown.Height));
        Assert.True(printed.GetPixelSpan().SequenceEqual(shown.GetPixelSpan()), "docs/screen.png is not what 'rtee demo' writes any more: write it anew, and look at it.");
    }

    [Fact]
    public void A_device_that_the_board_does_not_have_is_not_counted_as_one_that_refused()
    {
        using var folder = new Rtee.Folder();
        string board = Path.Combine(folder.Path, "board.json");
        File.WriteAllLines(board, File.ReadLines(Path.Combine(Repository.Root, "src", "SmcTransport", "Board", "default-board.json"))
            .Where(line => !line.Contains("\"camera\"", StringComparison.Ordinal) && !line.Contains("\"crypto-engine\"", StringComparison.Ordinal)));

        Rtee.Result result = Rtee.Run("demo", "--board", board, "--screen", Path.Combine(folder.Path, "screen.png"));

        Assert.True(result.ExitCode == 0, result.Output + result.Errors);
        Assert.DoesNotContain("ENODEV", result.Output, StringComparison.Ordinal);
        Assert.Contains("EINVAL", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_screen_that_cannot_be_written_is_said_before_anything_is_shown()
    {
        using var folder = new Rtee.Folder();

        Rtee.Result result = Rtee.Run("demo", "--screen", Path.Combine(folder.Path, "not", "there.png"));

        Assert.Equal((ExitCodes.Usage, ""), (result.ExitCode, result.Output));
        Assert.Contains("--screen", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Faults_are_those_of_the_tee_that_is_up_and_without_one_nobody_says_that_there_were_none()
    {
        using var up = new Rtee.Up();
        using var elsewhere = new Rtee.Folder();
        string content = Path.Combine(elsewhere.Path, "content");
        File.WriteAllBytes(content, new byte[4096]);
        _ = up.Run("play", content, "--key", new string('0', 32), "--iv", new string('0', 32), "--connect"); // its attacks

        Rtee.Result faults = up.Run("faults"), named = up.Run("faults", "--connect"), nobody = Rtee.Run(new Dictionary<string, string> { ["RTEE_RUN_DIR"] = elsewhere.Path }, "faults");

        Assert.Equal((0, faults.Output), (faults.ExitCode, named.Output));
        Assert.Contains("not among the claim's readers", faults.Output, StringComparison.Ordinal);
        Assert.NotEqual(0, nobody.ExitCode);
        Assert.Contains("rtee up", nobody.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pipeline_finds_its_heap_from_another_process()
    {
        using var up = new Rtee.Up();

        Rtee.Result shared = up.Run("heaps", "--for", "video-decoder,display-controller", "--connect"), unknown = up.Run("heaps", "--for", "vpu", "--connect");

        Assert.Equal(0, shared.ExitCode);
        Assert.Contains("protected,secure-video ", shared.Output, StringComparison.Ordinal);
        Assert.Contains("display-controller has no rights to buffers of protected,secure-video-record", shared.Output, StringComparison.Ordinal);
        Assert.NotEqual(0, unknown.ExitCode);
        Assert.Contains("it has video-decoder, gpu-protected", unknown.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void On_a_terminal_of_80_columns_no_name_or_number_of_a_fault_is_folded()
    {
        const string Who = "ta 12345678-5b69-11e4-9dbb-101f74f00099", Rule = "what comes of restricted memory goes into";
        var fault = new FaultEntry { Number = 1, Offset = 0xf0000000, Length = 1384448, Rights = 1, Master = FaultText.From(Who), Rule = FaultText.From(Rule) };
        using var output = new StringWriter();

        Tables.Print(FaultsCommand.Short([fault]), "", output, width: 80);

        string[] lines = output.ToString().Split('\n');
        Assert.All(lines, line => Assert.True(line.Length <= 80, line));
        Assert.All([Who, "read 1384448 bytes at 0xf0000000", Rule], part => Assert.Contains(lines, line => line.Contains(part, StringComparison.Ordinal)));
    }
}
