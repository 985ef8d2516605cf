using System.CommandLine;
using System.CommandLine.Parsing;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Device;
using RestrictedTee.NormalWorld.Launch;
using RestrictedTee.SmcTransport.Board;

namespace RestrictedTee.CommandLine.Console;

/// <summary>The options with which every command says which TEE it wants: one of its own, or one that is up.</summary>
internal sealed class TeeOptions
{
    private readonly Option<string?> _taDir = new("--ta-dir") { Description = "Folder of trusted applications beside those that ship", HelpName = "DIR" };
    private readonly Option<string?> _board = new("--board") { Description = $"Board file (JSON), or an embedded board: {string.Join(", ", BoardFile.EmbeddedNames)} [default]", HelpName = "FILE" };
    private readonly Option<string?> _conduit = new("--conduit") { Description = "What the worlds talk by: smc or ffa [smc]", HelpName = "ABI" };
    private readonly Option<string?> _secretMemory = new("--secret-memory") { Description = "memfd_secret: auto, require or off [auto]", HelpName = "MODE" };
    private readonly Option<int?> _threads = new("--threads") { Description = "Calls that may be in the TEE at once, 1 to 64 [8]", HelpName = "N" };
    private readonly Option<string?> _logLevel = new("--log-level") { Description = "Secure world's log level: Debug, Information, Warning, Error [Warning]", HelpName = "LEVEL" };
    private readonly Option<string?> _logFile = new("--log-file") { Description = "Secure world's log [standard error]", HelpName = "FILE" };
    private readonly Option<string?> _screen = new("--screen") { Description = "Write what the display shows to a PNG file (restricted content leaves the secure world there)", HelpName = "FILE" };
    private readonly Option<bool> _debug = new("--debug") { Description = "Let a debugger attach to the secure world (its memory is then readable)" };
    private readonly Option<string?> _connect = new("--connect")
    {
        Description = "Use the TEE that 'rtee up' keeps running, by its name [default]",
        HelpName = "NAME",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly bool _canConnect;

    internal TeeOptions(Command command, bool canConnect)
    {
        _canConnect = canConnect;
        Option[] launching = [_conduit, _board, _taDir, _secretMemory, _threads, _logLevel, _logFile, _screen, _debug];
        foreach (Option option in launching)
            command.Options.Add(option);
        if (!canConnect)
            return;
        command.Options.Add(_connect);
        command.Validators.Add(result =>
        {
            if (result.GetResult(_connect) is { Implicit: false } && Array.Find(launching, option => result.GetResult(option) is { Implicit: false }) is { } useless)
                result.AddError($"{useless.Name} says how a TEE is started; the one that --connect names is up already.");
        });
    }

    /// <summary>Settings file, environment and command line, in that rising order.</summary>
    internal LaunchOptions ToLaunchOptions(ParseResult result)
    {
        LaunchOptions options = LaunchOptions.Load(Directory.GetCurrentDirectory());
        return options with
        {
            TaDir = result.GetValue(_taDir) ?? options.TaDir,
            Board = result.GetValue(_board) ?? options.Board,
            Conduit = result.GetValue(_conduit) ?? options.Conduit,
            SecretMemory = result.GetValue(_secretMemory) ?? options.SecretMemory,
            Threads = result.GetValue(_threads) ?? options.Threads,
            LogLevel = result.GetValue(_logLevel) ?? options.LogLevel,
            LogFile = result.GetValue(_logFile) ?? options.LogFile,
            ScreenFile = result.GetValue(_screen) ?? options.ScreenFile,
            Debug = result.GetValue(_debug) || options.Debug,
        };
    }

    internal bool IsConnected(CommandResult result) => _canConnect && result.GetResult(_connect) is { Implicit: false };

    /// <summary>The TEE that is up and is to be used; null when one is to be started.</summary>
    internal string? ConnectedTo(ParseResult result) =>
        _canConnect && result.GetResult(_connect) is { Implicit: false } ? result.GetValue(_connect) ?? RunFolder.DefaultName : null;

    /// <summary>Opens contexts on the TEE that the options name; started on first use, stopped when disposed.</summary>
    /// <param name="result">The command line.</param>
    /// <param name="defaultConduit">What the worlds talk by when nobody has said.</param>
    /// <param name="defaultFfaBoard">The board when nobody has said and the worlds talk by FF-A.</param>
    /// <param name="expectsPanics">The command makes TAs panic on purpose, so warnings of it would be noise unless asked for.</param>
    internal TeeSource Open(ParseResult result, bool expectsPanics = false, string? defaultConduit = null, string? defaultFfaBoard = null)
    {
        if (ConnectedTo(result) is { } name)
            return new TeeSource(environment: null, () => TeeContext.Connect(name));
        LaunchOptions options = ToLaunchOptions(result);
        options = options with { Conduit = options.Conduit ?? defaultConduit };
        if (string.Equals(options.Conduit, "ffa", StringComparison.OrdinalIgnoreCase))
            options = options with { Board = options.Board ?? defaultFfaBoard };
        if (expectsPanics && options.LogLevel == new LaunchOptions().LogLevel)
            options = options with { LogLevel = "Error" };
        return Launch(options);
    }

    /// <summary>As <see cref="Open"/>, for a command line without any of the options.</summary>
    internal static TeeSource OpenAsSet() => Launch(LaunchOptions.Load(Directory.GetCurrentDirectory()));

    private static TeeSource Launch(LaunchOptions options)
    {
        TeeEnvironment environment = Launching.Launch(options);
        foreach (string problem in environment.TaFolderProblems)
            System.Console.Error.WriteLine($"rtee: warning: {problem}");
        return new TeeSource(environment, environment.OpenContext);
    }
}

/// <summary>A TEE to work with.</summary>
internal sealed class TeeSource(TeeEnvironment? environment, Func<TeeContext> open) : IDisposable
{
    /// <summary>Both worlds, when they were started for this command.</summary>
    internal TeeEnvironment? Environment => environment;

    /// <summary>FF-A, when the worlds were started for this command and talk by it.</summary>
    internal FfaUserDevice? Ffa { get; } = environment is { Conduit: ConduitAbi.Ffa } ? environment.OpenFfa() : null;

    internal TeeContext OpenContext() => open();

    public void Dispose() => environment?.Dispose();
}
