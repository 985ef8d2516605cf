using RestrictedTee.WorldTests.Harness;

namespace RestrictedTee.WorldTests.CommandLines;

/// <summary>A command line that makes no sense is answered in one line that says why, and with the exit code of its kind.</summary>
public sealed class SenselessCommandTests
{
    private const string Uuid = "8aaaf200-2450-11e4-abe2-0002a5d5c51b";

    [Theory]
    [InlineData("there is no command 'xtset'; did you mean 'xtest'?", "xtset")]
    [InlineData("there is no command ''", "")]
    [InlineData("it is not a regular file", "heaps", "--board", "/dev/zero")]
    [InlineData("it is a folder", "heaps", "--board", "/tmp")]
    [InlineData("Board file ''", "heaps", "--board", "")]
    [InlineData("as a whole number.", "heaps", "--threads", "many")]
    [InlineData("as a UUID", "invoke", "hello", "0")]
    [InlineData("it is not a regular file", "invoke", Uuid, "0", "mem:@/dev/zero")]
    [InlineData("parameter 0 'mem:@'", "invoke", Uuid, "0", "mem:@")]
    [InlineData("parameter 0 'outmem:2147483647'", "invoke", Uuid, "0", "outmem:2147483647")]
    [InlineData("Must be one of: 'calls'", "bench", "nothing")]
    [InlineData("the figures cannot be written to '/proc/nothing'", "bench", "--json", "/proc/nothing", "calls")]
    public void It_is_told_in_one_line_what_is_wrong(string words, params string[] line)
    {
        Rtee.Result result = Rtee.Run(line);

        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.StartsWith("rtee: ", result.Errors, StringComparison.Ordinal);
        Assert.Contains(words, result.Errors, StringComparison.Ordinal);
        Assert.Single(result.Errors.TrimEnd('\n').Split('\n'));
    }
}
