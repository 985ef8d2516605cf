using RestrictedTee.NormalWorld.Client;
using RestrictedTee.SmcTransport.Board;

namespace RestrictedTee.NormalWorld.Launch;

/// <summary>
/// How a TEE is started. Every default can be set in <c>rtee.json</c>, by an environment variable such as <c>RTEE_LOG_LEVEL</c>, and on the
/// command line or in code, in that rising order.
/// </summary>
public sealed record LaunchOptions
{
    /// <summary>Names the instance that a program of C connects to; no setting of a TEE either.</summary>
    internal const string ConnectVariable = "RTEE_CONNECT";

    /// <summary>The instance name; a unique one when null, so that many can run side by side.</summary>
    public string? Name { get; init; }

    /// <summary>A folder of trusted applications beside those that ship.</summary>
    public string? TaDir { get; init; }

    /// <summary>The board file, or the name of an embedded board: "default", which is meant when null, or "dynamic".</summary>
    public string? Board { get; init; }

    /// <summary>"smc": the worlds talk by OP-TEE's SMC interface, which is meant when null; "ffa": by FF-A 1.2.</summary>
    public string? Conduit { get; init; }

    /// <summary>
    /// "internal": this process loads trusted applications of <see cref="TaDir"/>, which is meant when null; "external": a program that opens
    /// /dev/teepriv0 below <see cref="TeeEnvironment.RunClient"/> does, such as the original's tee-supplicant. Until one comes, whoever asks for a
    /// trusted application that does not ship waits, as with Linux's driver.
    /// </summary>
    public string? Supplicant { get; init; }

    internal bool HasExternalSupplicant => "external".Equals(Supplicant, StringComparison.OrdinalIgnoreCase);

    internal ConduitAbi ConduitAbi => "ffa".Equals(Conduit, StringComparison.OrdinalIgnoreCase) ? ConduitAbi.Ffa : ConduitAbi.Smc;

    /// <summary>"auto": memfd_secret where the kernel has it; "require": or do not start; "off": locked memory.</summary>
    public string SecretMemory { get; init; } = "auto";

    /// <summary>How many calls may be in the TEE at once, 1 to 64.</summary>
    public int Threads { get; init; } = 8;

    /// <summary>How many conduits there are; as many as threads when 0.</summary>
    public int Conduits { get; init; }

    /// <summary>The secure world's log level: Verbose, Debug, Information, Warning, Error or Fatal.</summary>
    public string LogLevel { get; init; } = "Warning";

    /// <summary>Where the secure world logs to; its standard error when null.</summary>
    public string? LogFile { get; init; }

    /// <summary>
    /// The PNG file to which the secure world writes the display's screen: restricted content that leaves it on purpose. Nobody but who starts
    /// it can ask for that. Null for none.
    /// </summary>
    public string? ScreenFile { get; init; }

    /// <summary>Lets a debugger attach to the secure world, and with it everybody of this user read its memory.</summary>
    public bool Debug { get; init; }

    /// <summary>Starts a new secure world when the running one dies.</summary>
    public bool RestartOnFailure { get; init; }

    /// <summary>The secure world's program; found by itself when null.</summary>
    public string? SecureWorld { get; init; }

    /// <summary>The options of <c>rtee.json</c> in a folder and of the environment, over the defaults.</summary>
    /// <exception cref="TeeLaunchException">The file is malformed or has a setting that is not known.</exception>
    public static LaunchOptions Load(string folder)
    {
        string file = Path.Combine(folder, "rtee.json");
        // Where nothing is set, which is usual, the libraries that read settings are not even loaded: a class of its own knows them.
        List<KeyValuePair<string, string?>> environment = FromEnvironment();
        return environment.Count == 0 && !File.Exists(file) ? new LaunchOptions() : Settings.Read(file, environment);
    }

    /// <summary>RTEE_LOG_LEVEL sets LogLevel, and so on: environment variables have underscores where names have humps.</summary>
    private static List<KeyValuePair<string, string?>> FromEnvironment()
    {
        const string Prefix = "RTEE_";
        List<KeyValuePair<string, string?>> settings = [];
        foreach (System.Collections.DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            if (variable.Key is string name && name.StartsWith(Prefix, StringComparison.Ordinal) && name is not (RunRoot.Variable or ConnectVariable))
                settings.Add(new(name[Prefix.Length..].Replace("_", "", StringComparison.Ordinal), (string?)variable.Value));
        }

        return settings;
    }

    /// <summary>The first problem with the values, in words; null when there is none.</summary>
    internal string? FindProblem()
    {
        if (Threads is < 1 or > 64)
            return $"threads is {Threads}; it must lie between 1 and 64.";
        if (Conduits is < 0 or > 64)
            return $"conduits is {Conduits}; it must lie between 1 and 64, or be 0 for as many as threads.";
        if (Conduit is not null && !Conduit.Equals("smc", StringComparison.OrdinalIgnoreCase) && !Conduit.Equals("ffa", StringComparison.OrdinalIgnoreCase))
            return $"conduit is '{Conduit}'; it must be smc or ffa.";
        if (Supplicant is not null && !HasExternalSupplicant && !Supplicant.Equals("internal", StringComparison.OrdinalIgnoreCase))
            return $"supplicant is '{Supplicant}'; it must be internal or external.";
        if (HasExternalSupplicant && TaDir is not null)
            return $"'{TaDir}' (taDir) is for the internal supplicant; an external one is told of its folders itself.";
        if (!SecretMemory.Equals("auto", StringComparison.OrdinalIgnoreCase)
            && !SecretMemory.Equals("require", StringComparison.OrdinalIgnoreCase)
            && !SecretMemory.Equals("off", StringComparison.OrdinalIgnoreCase))
        {
            return $"secretMemory is '{SecretMemory}'; it must be auto, require or off.";
        }

        if (TaDir is not null && !Directory.Exists(TaDir))
            return $"there is no TA folder '{TaDir}' (taDir); build the TA first, and give the folder of its assembly.";
        return Enum.TryParse<Serilog.Events.LogEventLevel>(LogLevel, ignoreCase: true, out _)
            ? null
            : $"logLevel is '{LogLevel}'; it must be Verbose, Debug, Information, Warning, Error or Fatal.";
    }
}
