using System.Reflection;
using System.Text.RegularExpressions;
using RestrictedTee.Tests.Harness;
using RestrictedTee.Xtest;
using RestrictedTee.Xtest.Framework;

namespace RestrictedTee.Tests.Ffa;

/// <summary>docs/ffa-acs.md says which test covers which scenario of Arm's suite; what it names must exist.</summary>
public sealed partial class AcsPageTests
{
    private static readonly string[] Verdicts = ["covered", "in part", "not served", "does not apply"];

    [Fact]
    public void Every_scenario_has_a_verdict_and_every_test_that_is_named_exists()
    {
        string[][] rows = [.. File.ReadLines(Path.Combine(Repository.Root, "docs", "ffa-acs.md"))
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries)[1..4])];
        HashSet<string> known = [.. XtestRegistry.FfaSpmc.Cases.Select(c => c.Id), .. Methods()];

        Assert.True(rows.Length > 200, $"{rows.Length} scenarios");
        Assert.Equal(rows.Length, rows.Select(row => row[0]).Distinct().Count());
        Assert.All(rows, row =>
        {
            Assert.Contains(row[1], Verdicts);
            string[] named = [.. Quoted().Matches(row[2]).Select(match => match.Groups[1].Value)];
            Assert.Equal(row[1] is "covered" or "in part", named.Length != 0);
            Assert.All(named, name => Assert.Contains(name, known));
        });
    }

    /// <summary>Test methods of this assembly, and those across processes by their source.</summary>
    private static IEnumerable<string> Methods() =>
        typeof(AcsPageTests).Assembly.GetTypes().SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Instance)).Where(m => m.GetCustomAttribute<FactAttribute>() is not null).Select(m => m.Name)
            .Concat(Directory.EnumerateFiles(Path.Combine(Repository.Root, "tests", "RestrictedTee.WorldTests"), "*.cs", SearchOption.AllDirectories)
                .SelectMany(file => Declared().Matches(File.ReadAllText(file)).Select(match => match.Groups[1].Value)));

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"public void (\w+)\(")]
    private static partial Regex Declared();
}
