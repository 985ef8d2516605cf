using RestrictedTee.CommandLine;
using RestrictedTee.WorldTests.Harness;

namespace RestrictedTee.WorldTests.CommandLines;

/// <summary>What was not understood is never run as something else.</summary>
public sealed class UnknownOptionTests
{
    private const string Uuid = "7c1f0b52-3f5e-4a0e-9d3b-52c1a1f0e9aa";

    [Theory]
    [InlineData("xtest 1014 --conduti ffa", "'--conduti'", "'--conduit'")]
    [InlineData("xtest --conduti ffa 1014", "'--conduti'", "'--conduit'")]
    [InlineData("xtest --log-file --conduti", "'--conduti'", "'--conduit'")]
    [InlineData("xtest -x 1014 --bord=dynamic", "'--bord'", "'--board'")]
    [InlineData("xtest -z", "'-z'", "xtest --help")]
    [InlineData("--conduit ffa xtest 1014", "'--conduit'", "rtee xtest --conduit")]
    [InlineData("invoke " + Uuid + " 0 mem:x --conect", "'--conect'", "'--connect'")]
    [InlineData("invoke " + Uuid + " 0 --in 1", "'--in'", "invoke --help")]
    [InlineData("heaps --thraeds 2", "'--thraeds'", "'--threads'")]
    [InlineData("up --restrat", "'--restrat'", "'--restart'")]
    [InlineData("ps --conect x", "'--conect'", "'--connect'")]
    [InlineData("kill 00000001 --restrat", "'--restrat'", "'--restart'")]
    [InlineData("play /dev/null --kye 00", "'--kye'", "'--key'")]
    [InlineData("bench --jsno x", "'--jsno'", "'--json'")]
    [InlineData("abi --markdwon", "'--markdwon'", "'--markdown'")]
    public void A_word_that_looks_like_an_option_and_is_none_is_refused_by_name(string line, string unknown, string near)
    {
        Rtee.Result result = Rtee.Run(line.Split(' '));

        Assert.Equal(2, result.ExitCode);
        Assert.Contains(unknown, result.Errors, StringComparison.Ordinal);
        Assert.Contains(near, result.Errors, StringComparison.Ordinal);
        Assert.Equal("", result.Output);
    }

    [Theory]
    [InlineData("run", "rtee: run has no program to run; it stands behind '--': rtee run [options] -- PROGRAM ARGUMENTS…\n")]
    [InlineData("run --connect program", "rtee: run has no program to run; it stands behind '--': rtee run [options] -- PROGRAM ARGUMENTS…\n")]
    [InlineData("run --libteec -v -- program", "rtee: --verbose is about devices, of which a program that uses --libteec sees none.\n")]
    public void What_cannot_be_meant_is_one_line_that_says_who_speaks(string line, string errors)
    {
        Rtee.Result result = Rtee.Run(line.Split(' '));

        Assert.Equal((2, "", errors), (result.ExitCode, result.Output, result.Errors));
    }

    [Theory]
    [InlineData("xtest 1014 9999 --list", "'9999'")]
    [InlineData("xtest -x 9999 --list", "'9999'")]
    [InlineData("xtest -t regression ffa_spmc --list", "'ffa_spmc'")]
    [InlineData("xtest -- --conduit", "'--conduit'")]
    public void A_filter_that_matches_no_case_is_an_error(string line, string filter)
    {
        Rtee.Result result = Rtee.Run(line.Split(' '));

        Assert.Equal(2, result.ExitCode);
        Assert.Contains($"no case of", result.Errors, StringComparison.Ordinal);
        Assert.Contains(filter, result.Errors, StringComparison.Ordinal);
        Assert.Equal("", result.Output);
    }

    [Fact]
    public void A_run_in_which_no_case_can_run_is_an_error()
    {
        Rtee.Result result = Rtee.Run("xtest", "ffa_spmc", "--conduit", "smc");

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("nothing was tested", result.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("xtest --sdp-basic 1014", "CASE")]
    [InlineData("xtest --sdp-basic -t regression", "-t")]
    [InlineData("xtest 1014 -v", "-v")]
    [InlineData("xtest 1014 --heap-name x", "--heap-name")]
    [InlineData("heaps --connect x --conduit ffa", "--conduit")]
    [InlineData("invoke --board dynamic " + Uuid + " 0 --connect x", "--board")]
    public void An_option_that_would_have_no_effect_is_refused(string line, string option)
    {
        Rtee.Result result = Rtee.Run(line.Split(' '));

        Assert.Equal(2, result.ExitCode);
        Assert.StartsWith("rtee: " + option + " ", result.Errors, StringComparison.Ordinal);
        Assert.Equal("", result.Output.Trim());
    }

    [Fact]
    public void Every_command_is_made_under_the_name_by_which_it_is_asked_for() =>
        Assert.All(CommandLineProgram.Commands, row => Assert.Equal(row.Name, row.Create().Name));

    [Fact]
    public void What_an_option_is_given_by_an_equals_sign_may_begin_like_one()
    {
        Rtee.Result result = Rtee.Run("xtest", "--log-file=-x", "1014", "--list");

        Assert.True(result.ExitCode == 0, result.Errors);
    }
}
