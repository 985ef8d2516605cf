using Serilog;
using Serilog.Core;
using Serilog.Events;

namespace RestrictedTee.CommandLine.Console;

/// <summary>
/// The normal world's log on standard error, made when there is something to say: a healthy run says nothing, and does not pay for
/// the sink with its template and themes.
/// </summary>
/// <param name="least">What is less than that is not said.</param>
internal sealed class LateLogger(LogEventLevel least = LogEventLevel.Warning) : ILogger, IDisposable
{
    private readonly object _gate = new(); // protects _logger; held while it is made, which takes no lock
    private Logger? _logger;

    public bool IsEnabled(LogEventLevel level) => level >= least;

    public void Write(LogEvent logEvent)
    {
        try
        {
            Made().Write(logEvent);
        }
        catch (Exception e) when (e is IOException or BadImageFormatException or TypeInitializationException)
        {
            // Its libraries are files, and there may be no descriptor left to open them, which is what most wants to be said.
            System.Console.Error.WriteLine($"normal world: {logEvent.RenderMessage(System.Globalization.CultureInfo.InvariantCulture)}");
        }
    }

    /// <summary>Makes it now: who runs for long may have no descriptor left when there is something to say.</summary>
    internal void Prepare() => Made();

    public void Dispose()
    {
        lock (_gate)
            _logger?.Dispose();
    }

    private Logger Made()
    {
        lock (_gate)
            return _logger ??= Create();
    }

    private Logger Create() => new LoggerConfiguration()
        .MinimumLevel.Is(least)
        .WriteTo.Console(outputTemplate: "normal world: {Level:u3} {Message:lj}{NewLine}", standardErrorFromLevel: LogEventLevel.Verbose)
        .CreateLogger();
}
