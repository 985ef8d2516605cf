using System.Runtime.CompilerServices;

namespace RestrictedTee.WorldTests.Harness;

/// <summary>A test of the native library; skipped, and seen to be, where there is nothing to link it with.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ToolchainFactAttribute : FactAttribute
{
    public ToolchainFactAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = -1)
        : base(file, line)
    {
        if (!IsThere)
            Skip = "needs gcc or clang, which link libteec.so.2";
    }

    internal static bool IsThere { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
        .Any(folder => File.Exists(Path.Combine(folder, "gcc")) || File.Exists(Path.Combine(folder, "clang")));
}
