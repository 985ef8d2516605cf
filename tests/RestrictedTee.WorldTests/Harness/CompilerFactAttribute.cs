using System.Runtime.CompilerServices;

namespace RestrictedTee.WorldTests.Harness;

/// <summary>A test that compiles a program in C; skipped, and seen to be, where there is no compiler.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class CompilerFactAttribute : FactAttribute
{
    public CompilerFactAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = -1)
        : base(file, line)
    {
        if (CProgram.Compiler is null)
            Skip = "needs a C compiler (cc, gcc or clang)";
    }
}

/// <summary>The same for a theory.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class CompilerTheoryAttribute : TheoryAttribute
{
    public CompilerTheoryAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = -1)
        : base(file, line)
    {
        if (CProgram.Compiler is null)
            Skip = "needs a C compiler (cc, gcc or clang)";
    }
}
