namespace RestrictedTee.Tests.Harness;

/// <summary>Where the repository and what was built in it lie.</summary>
internal static class Repository
{
#if DEBUG
    internal const string Configuration = "Debug";
#else
    internal const string Configuration = "Release";
#endif

    internal static string Root { get; } = FindRoot();

    internal static string EarlyTas => Path.Combine(Root, "artifacts", "secureworld", Configuration, "ta");

    internal static string TestTas => Path.Combine(Root, "artifacts", "test-tas", Configuration);

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "RestrictedTee.sln")))
                return folder.FullName;
        }

        throw new InvalidOperationException("The tests do not run inside of the repository.");
    }
}
