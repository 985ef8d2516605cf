using System.Text.RegularExpressions;
using RestrictedTee.Tests.Harness;

namespace RestrictedTee.Tests.TaImages;

/// <summary>The TAs that exist to be tested with: two of one UUID would both be missing, and tests of either would say nothing.</summary>
public sealed class TestTaTests
{
    [Fact]
    public void No_two_test_tas_have_one_uuid()
    {
        string[] uuids =
        [
            .. Directory.GetFiles(Path.Combine(Repository.Root, "tests", "TestTas"), "*.cs")
                .SelectMany(file => Regex.Matches(File.ReadAllText(file), "\\[TrustedApp\\(\"(?<uuid>[^\"]+)\"", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(10)))
                .Select(match => match.Groups["uuid"].Value),
        ];

        Assert.NotEmpty(uuids);
        Assert.Equal(uuids.Distinct(StringComparer.OrdinalIgnoreCase), uuids);
    }
}
