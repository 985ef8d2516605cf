using RestrictedTee.Tests.Harness;

namespace RestrictedTee.Tests.SystemCalls;

/// <summary>The page is what the tables say.</summary>
public sealed class CoreApiPageTests
{
    private const string WriteIt = "RTEE_WRITE_PAGES";

    [Fact]
    public void The_page_has_every_function_algorithm_and_object_type_of_the_tables()
    {
        string file = Path.Combine(Repository.Root, "docs", "core-api.md");
        string page = CoreApiPage.Make();
        if (Environment.GetEnvironmentVariable(WriteIt) == "1")
            File.WriteAllText(file, page);

        Assert.True(page == File.ReadAllText(file), $"docs/core-api.md is not what the tables say; run this test with {WriteIt}=1 to write it.");
    }
}
