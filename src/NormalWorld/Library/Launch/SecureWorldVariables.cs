using System.Collections.Frozen;

namespace RestrictedTee.NormalWorld.Launch;

/// <summary>
/// What the secure world is given of the environment. The runtime takes orders from variables (dumps on a crash, start-up hooks,
/// profilers, event pipes, and what the loader preloads), each of which would let memory out or code in, and every release
/// may add some: so what is passed on is a list, and what must not be is not.
/// </summary>
internal static class SecureWorldVariables
{
    private static readonly FrozenSet<string> Passed = new[]
    {
        "PATH", "HOME", "USER", "LOGNAME", "TMPDIR", "TZ", "LANG", "LANGUAGE", "XDG_RUNTIME_DIR",
        "DOTNET_ROOT", "DOTNET_ROOT_X64", "DOTNET_ROOT_ARM64", "DOTNET_ROOT(x64)",
    }.ToFrozenSet(StringComparer.Ordinal);

    private static readonly string[] PassedPrefixes = ["LC_", "RTEE_"];

    internal static bool IsPassed(string name) =>
        Passed.Contains(name) || PassedPrefixes.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal));

    /// <summary>Leaves of an inherited environment what the secure world may see, and says no where the runtime would ask.</summary>
    internal static void Set(IDictionary<string, string?> environment, bool debug)
    {
        foreach (string name in environment.Keys.Where(name => !IsPassed(name)).ToArray())
            environment.Remove(name);
        environment["DOTNET_EnableDiagnostics"] = debug ? "1" : "0"; // the port would hand out dumps, and attach profilers
        environment["DOTNET_DbgEnableMiniDump"] = "0";
        environment["DOTNET_TieredCompilation"] = "1";
    }
}
