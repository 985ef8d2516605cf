using RestrictedTee.SecureWorld.SecretMemory;
using RestrictedTee.SmcTransport.Board;
using Serilog.Events;

namespace RestrictedTee.SecureWorld.Boot;

/// <summary>
/// The arguments that the launcher passes. People do not start this process by hand, so there is no option parser: each name
/// is followed by its value.
/// </summary>
internal sealed record CommandLine
{
    internal required string Socket { get; init; }

    internal string? Board { get; init; }

    internal SecretMemoryChoice SecretMemory { get; init; } = SecretMemoryChoice.Auto;

    internal ConduitAbi Conduit { get; init; } = ConduitAbi.Smc;

    internal int Threads { get; init; } = 8;

    internal LogEventLevel LogLevel { get; init; } = LogEventLevel.Warning;

    internal string? LogFile { get; init; }

    /// <summary>The file to which the display's screen is written.</summary>
    internal string? ScreenFile { get; init; }

    internal bool AllowDebugging { get; init; }

    internal const string Usage =
        "The secure world is started by rtee. By hand: RestrictedTee.SecureWorld --socket PATH [--board FILE] [--conduit smc|ffa] [--secret-memory auto|require|off] "
        + "[--threads N] [--log-level LEVEL] [--log-file FILE] [--screen FILE] [--allow-debugging true|false]";

    /// <returns>Null when the arguments are not as <see cref="Usage"/> has them.</returns>
    internal static CommandLine? TryParse(string[] args)
    {
        if (args.Length % 2 != 0)
            return null;
        var line = new CommandLine { Socket = "" };
        for (int i = 0; i < args.Length; i += 2)
        {
            string value = args[i + 1];
            switch (args[i])
            {
                case "--socket":
                    line = line with { Socket = value };
                    break;
                case "--board":
                    line = line with { Board = value };
                    break;
                case "--secret-memory" when Enum.TryParse(value, ignoreCase: true, out SecretMemoryChoice choice):
                    line = line with { SecretMemory = choice };
                    break;
                case "--conduit" when Enum.TryParse(value, ignoreCase: true, out ConduitAbi conduit) && Enum.IsDefined(conduit):
                    line = line with { Conduit = conduit };
                    break;
                case "--threads" when int.TryParse(value, out int threads) && threads is > 0 and <= 64:
                    line = line with { Threads = threads };
                    break;
                case "--log-level" when Enum.TryParse(value, ignoreCase: true, out LogEventLevel level):
                    line = line with { LogLevel = level };
                    break;
                case "--log-file":
                    line = line with { LogFile = value };
                    break;
                case "--screen":
                    line = line with { ScreenFile = value };
                    break;
                case "--allow-debugging" when bool.TryParse(value, out bool allow):
                    line = line with { AllowDebugging = allow };
                    break;
                default:
                    return null;
            }
        }

        return line.Socket.Length == 0 ? null : line;
    }
}
