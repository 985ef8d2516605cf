using System.Runtime.CompilerServices;

namespace RestrictedTee.WorldTests.Harness;

/// <summary>A test of the example in a language; skipped, and seen to be, where what builds it is not there.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ExampleAttribute : FactAttribute
{
    // A linker for Rust is the C compiler.
    private static readonly Dictionary<string, string[]> Builders = new()
    {
        ["examples/c"] = ["make", "cc"],
        ["examples/rust"] = ["cargo", "cc"],
        ["examples/go"] = ["go"],
    };

    public ExampleAttribute(string folder, [CallerFilePath] string? file = null, [CallerLineNumber] int line = -1)
        : base(file, line)
    {
        if (MissingFor(folder) is { } missing)
            Skip = $"needs {missing}";
    }

    /// <summary>The examples.</summary>
    internal static IEnumerable<string> Folders => Builders.Keys;

    /// <summary>The program that the example in these lines is built with and that is not on this machine; null when there is none.</summary>
    internal static string? MissingFor(string lines) =>
        Builders.Where(row => lines.Contains(row.Key, StringComparison.Ordinal)).SelectMany(row => row.Value).FirstOrDefault(program => !IsThere(program));

    private static bool IsThere(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, program)));
}
