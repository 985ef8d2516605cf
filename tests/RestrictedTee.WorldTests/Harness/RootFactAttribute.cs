using System.Runtime.CompilerServices;

namespace RestrictedTee.WorldTests.Harness;

/// <summary>A test that needs another user, and so root to become one; skipped, and seen to be, where we are not.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RootFactAttribute : FactAttribute
{
    public RootFactAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = -1)
        : base(file, line)
    {
        if (Environment.UserName != "root" || !File.Exists("/usr/bin/setpriv") || !File.Exists("/usr/bin/python3"))
            Skip = "needs root, setpriv(1) and python3, to act as another user";
    }
}
