using System.Text.RegularExpressions;
using RestrictedTee.Tests.Harness;
using RestrictedTee.Xtest;
using RestrictedTee.Xtest.Framework;

namespace RestrictedTee.Tests.Client;

/// <summary>docs/xtest.md says what becomes of each case of the original; of the groups that are also this project's own, the suite must say the same.</summary>
public sealed partial class XtestPageTests
{
    [Fact]
    public void What_the_page_says_of_a_group_is_what_the_suite_does()
    {
        Dictionary<int, string> verdicts = [];
        foreach (Match row in CoreRow().Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs", "xtest.md"))))
        {
            foreach (int number in Numbers(row.Groups["cases"].Value))
                verdicts.Add(number, row.Groups["verdict"].Value);
        }

        Assert.Equal([.. Enumerable.Range(1001, 42), .. Enumerable.Range(2001, 4), .. Enumerable.Range(4001, 19), .. Enumerable.Range(4101, 17), 8001, .. Enumerable.Range(8101, 3)], verdicts.Keys.Order());
        foreach (XtestCase testCase in XtestRegistry.Regression.Cases)
        {
            string verdict = verdicts[int.Parse(testCase.Id.Split('_')[1])];
            bool passesHavingTested = verdict.StartsWith("pass", StringComparison.Ordinal) && verdict != "passes, skipping";
            Assert.True(passesHavingTested == (testCase.Run is not null), $"{testCase.Id}: the page says '{verdict}'.");
        }
    }

    private static IEnumerable<int> Numbers(string cases) => cases.Split(", ").SelectMany(part =>
        part.Split('–') is [var first, var last] ? Enumerable.Range(int.Parse(first), int.Parse(last) - int.Parse(first) + 1) : [int.Parse(part)]);

    [GeneratedRegex(@"^\| (?<cases>(?:10|20|4|8001|81)[0-9–, ]*) \| (?<verdict>[^|]+) \|", RegexOptions.Multiline)]
    private static partial Regex CoreRow();
}
