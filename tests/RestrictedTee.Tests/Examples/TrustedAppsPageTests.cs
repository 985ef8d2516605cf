using System.Reflection;
using System.Text.RegularExpressions;
using RestrictedTee.Tests.Harness;

namespace RestrictedTee.Tests.Examples;

/// <summary>docs/trusted-apps.md: what it shows is what is compiled and run (<see cref="SixProgramsTests"/>), and what it names is there.</summary>
public sealed partial class TrustedAppsPageTests
{
    /// <summary>What the page shows of a TA with a library, in this order.</summary>
    private static readonly string[] Library = ["TestLibraries/Contract/IChecksum.cs", "TestLibraries/Checksums/Adler32.cs", "TestTas/ChecksumsTa.cs"];

    private static readonly string Page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "trusted-apps.md"));

    [Fact]
    public void The_six_programs_are_those_of_the_tests_word_for_word()
    {
        string source = File.ReadAllText(Path.Combine(Repository.Root, "tests", "TestTas", "SixPrograms.cs"));
        string head = source[..source.IndexOf("/// <summary>", StringComparison.Ordinal)];

        string[] shown = [.. Code().Matches(Page).Select(block => block.Groups["code"].Value)];

        Assert.Equal(6 + Library.Length, shown.Length);
        Assert.Equal(source[head.Length..], string.Join('\n', shown[..6]));
        Assert.All(Using().Matches(head), line => Assert.Contains($"`{line.Value}`", Page, StringComparison.Ordinal));
    }

    [Fact]
    public void The_ta_with_a_library_is_that_of_the_tests_word_for_word()
    {
        string[] shown = [.. Code().Matches(Page).Select(block => block.Groups["code"].Value)];

        Assert.Equal(
            Library.Select(file => File.ReadAllText(Path.Combine(Repository.Root, "tests", file))).Select(text => text[text.IndexOf("/// <summary>", StringComparison.Ordinal)..]),
            shown[6..]);
    }

    [Fact]
    public void Every_member_that_the_page_names_is_there()
    {
        Dictionary<string, Type> types = typeof(Sdk.TrustedApp).Assembly.GetExportedTypes().Append(typeof(NormalWorld.Launch.TeeEnvironment))
            .ToDictionary(type => type.Name, StringComparer.Ordinal);
        string[] names = [.. Name().Matches(Page).Select(name => name.Groups["name"].Value).Where(name => !name.EndsWith(".cs", StringComparison.Ordinal)).Distinct()];

        Assert.True(names.Length > 40);
        Assert.All(names, name =>
        {
            string[] parts = name.Split('.');
            Assert.True(types.TryGetValue(parts[0], out Type? type), name);
            Assert.True(parts.Length == 1 || type.GetMember(parts[1], BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance).Length > 0, name);
        });
    }

    [Fact]
    public void Every_file_that_the_page_names_is_there_and_no_example_is_left_out()
    {
        string examples = Path.Combine(Repository.Root, "src", "TrustedApps", "Examples");

        Assert.All(NamedPath().Matches(Page).Select(file => file.Groups["path"].Value), path => Assert.True(Path.Exists(Path.Combine(Repository.Root, path)), path));
        Assert.Equal(
            Directory.EnumerateFiles(examples, "*Ta.cs").Select(Path.GetFileName).Order(StringComparer.Ordinal),
            Example().Matches(Page).Select(file => file.Groups["file"].Value).Order(StringComparer.Ordinal));
    }

    [GeneratedRegex("^```csharp\n(?<code>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Code();

    [GeneratedRegex("^using .*;", RegexOptions.Multiline, 1000)]
    private static partial Regex Using();

    [GeneratedRegex(@"`(?<name>[A-Z][A-Za-z]+(\.[A-Z][A-Za-z]+)?)`", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Name();

    [GeneratedRegex(@"`(?<path>(src|tests|docs)/[\w/.\-]+)`", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex NamedPath();

    [GeneratedRegex(@"`(?<file>\w+Ta\.cs)`", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Example();
}
