using System.Text.RegularExpressions;
using RestrictedTee.Tests.Harness;
using RestrictedTee.WorldTests.Harness;

namespace RestrictedTee.WorldTests.Walkthrough;

/// <summary>The programs of docs/trusted-apps.md, in the project of the README, outside of the repository.</summary>
[Collection(ReadmeTests.Collection)]
public sealed partial class SixProgramsBuildTests : IDisposable
{
    private readonly OutsideFolder _outside = new();

    [Fact]
    public void With_the_using_lines_that_the_page_names_each_builds_without_a_warning_and_runs()
    {
        Rtee.Result built = _outside.Run("./rtee abi smc", Repository.Root);
        Assert.True(built.ExitCode == 0, built.Output + built.Errors);
        _outside.Environment["RTEE"] = Repository.Root;
        string page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "trusted-apps.md"));
        string[] usings = [.. Using().Matches(page).Select(match => match.Value)];
        string[] programs = [.. Code().Matches(page[..page.IndexOf("## Libraries", StringComparison.Ordinal)]).Select(match => match.Groups["code"].Value)];
        File.WriteAllText(Path.Combine(_outside.Project, "Greeter.cs"), string.Join('\n', [.. usings, .. programs]));

        Rtee.Result build = _outside.Run("dotnet build -nologo", _outside.Project);
        Rtee.Result invoke = _outside.Run("\"$RTEE/rtee\" invoke 0b5d5c8e-1f0a-4b57-9c44-52f6d8a1e302 1 mem:message outmem:64 --ta-dir bin/Debug/net10.0", _outside.Project);

        Assert.Equal(6, programs.Length);
        Assert.True(build.ExitCode == 0, build.Output);
        Assert.Contains("0 Warning(s)", build.Output, StringComparison.Ordinal);
        Assert.True(invoke.ExitCode == 0, invoke.Output + invoke.Errors);
        Assert.Matches("[0-9a-f]{128}", invoke.Output);
    }

    public void Dispose() => _outside.Dispose();

    [GeneratedRegex("(?<=`)using [\\w.]+;(?=`)", RegexOptions.None, 1000)]
    private static partial Regex Using();

    [GeneratedRegex("^```csharp\n(?<code>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Code();
}
