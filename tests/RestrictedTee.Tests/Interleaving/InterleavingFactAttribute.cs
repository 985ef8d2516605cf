using System.Runtime.CompilerServices;

namespace RestrictedTee.Tests.Interleaving;

/// <summary>A fact about threads that are held at interleaving points, which a release build does not have.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class InterleavingFactAttribute : FactAttribute
{
    public InterleavingFactAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = -1)
        : base(file, line) => Skip = InterleavingBuild.SkipReason;
}

/// <summary>As <see cref="InterleavingFactAttribute"/>, over rows.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class InterleavingTheoryAttribute : TheoryAttribute
{
    public InterleavingTheoryAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = -1)
        : base(file, line) => Skip = InterleavingBuild.SkipReason;
}

/// <summary>Whether the points are there.</summary>
internal static class InterleavingBuild
{
#if DEBUG
    internal const string? SkipReason = null;
#else
    internal const string? SkipReason = "Interleaving points are compiled into debug builds only.";
#endif
}
