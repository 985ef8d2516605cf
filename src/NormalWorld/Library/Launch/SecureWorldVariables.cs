using System.Collections;

namespace RestrictedTee.NormalWorld.Launch;

/// <summary>
/// What the secure world is given of the environment. The runtime takes orders from variables (dumps on a crash, start-up hooks,
/// profilers, event pipes, and what the loader preloads), each of which would let memory out or code in, and every release
/// may add some: so what is passed on is a list, and what must not be is not.
/// </summary>
internal static class SecureWorldVariables
{
    private static readonly string[] Passed =
    [
        "PATH", "HOME", "USER", "LOGNAME", "TMPDIR", "TZ", "LANG", "LANGUAGE", "XDG_RUNTIME_DIR",
        "DOTNET_ROOT", "DOTNET_ROOT_X64", "DOTNET_ROOT_ARM64", "DOTNET_ROOT(x64)",
    ];

    private static readonly string[] PassedPrefixes = ["LC_", "RTEE_"];

    internal static bool IsPassed(string name) =>
        Array.IndexOf(Passed, name) >= 0 || Array.Exists(PassedPrefixes, prefix => name.StartsWith(prefix, StringComparison.Ordinal));

    /// <summary>What the secure world may see of an environment, and a no where the runtime would ask.</summary>
    internal static List<string> Of(IDictionary environment, bool debug)
    {
        List<string> passed =
        [
            $"DOTNET_EnableDiagnostics={(debug ? "1" : "0")}", // the port would hand out dumps, and attach profilers
            "DOTNET_DbgEnableMiniDump=0",
            "DOTNET_TieredCompilation=1",
            "SSL_CERT_FILE=/dev/null", // the first chain of certificates would have the runtime read all that the machine trusts,
            "SSL_CERT_DIR=/dev/null", // which is the normal world's and nothing to a TA
        ];
        foreach (DictionaryEntry variable in environment)
        {
            if (variable.Key is string name && IsPassed(name))
                passed.Add($"{name}={variable.Value}");
        }

        return passed;
    }
}
