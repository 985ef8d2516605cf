using System.Text.RegularExpressions;
using RestrictedTee.Contracts;
using RestrictedTee.Tests.Harness;
using RestrictedTee.WorldTests.Harness;

namespace RestrictedTee.WorldTests.CommandLines;

/// <summary>The examples that ship, from the command line.</summary>
public sealed partial class TrustedAppsCommandTests
{
    [Fact]
    public void The_commands_of_the_page_for_authors_do_what_it_says()
    {
        string page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "trusted-apps.md"));
        string[] lines = [.. ShellBlock().Matches(page).SelectMany(block => block.Groups["lines"].Value.Split('\n', StringSplitOptions.RemoveEmptyEntries))];

        Assert.NotEmpty(lines);
        Assert.All(lines, line =>
        {
            Rtee.Result result = Rtee.Run(line.Split(' ')[1..]);

            Assert.StartsWith("./rtee ", line, StringComparison.Ordinal);
            Assert.True(result.ExitCode == 0, result.Output + result.Errors);
            Assert.Matches("[0-9a-f]{32}", result.Output);
        });
    }

    [Fact]
    public void A_line_of_a_trusted_application_for_syslog_is_seen_on_standard_error()
    {
        Rtee.Result result = Rtee.Run("invoke", PluginExample.UuidText, "0");

        Assert.Equal((0, "normal world: INF Trusted application: Hello, plugin! value = 0x0\n"), (result.ExitCode, result.Errors));
    }

    [GeneratedRegex("^```sh\n(?<lines>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ShellBlock();
}
