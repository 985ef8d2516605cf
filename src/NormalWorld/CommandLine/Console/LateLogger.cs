using Serilog;
using Serilog.Events;

namespace RestrictedTee.CommandLine.Console;

/// <summary>
/// The normal world's log on standard error, made when there is something to say: a healthy run says nothing, and does not pay for
/// the sink with its template and themes.
/// </summary>
internal sealed class LateLogger : ILogger, IDisposable
{
    private const LogEventLevel Least = LogEventLevel.Warning;

    private readonly Lazy<Serilog.Core.Logger> _logger = new(Create);

    public bool IsEnabled(LogEventLevel level) => level >= Least;

    public void Write(LogEvent logEvent) => _logger.Value.Write(logEvent);

    public void Dispose()
    {
        if (_logger.IsValueCreated)
            _logger.Value.Dispose();
    }

    private static Serilog.Core.Logger Create() => new LoggerConfiguration()
        .MinimumLevel.Is(Least)
        .WriteTo.Console(outputTemplate: "normal world: {Level:u3} {Message:lj}{NewLine}", standardErrorFromLevel: LogEventLevel.Verbose)
        .CreateLogger();
}
