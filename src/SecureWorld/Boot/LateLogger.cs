using Serilog;
using Serilog.Core;
using Serilog.Events;

namespace RestrictedTee.SecureWorld.Boot;

/// <summary>
/// The secure log, made when there is something to say: a healthy run says nothing, and does not pay for sinks and templates.
/// </summary>
internal sealed class LateLogger(LogEventLevel least, Func<Logger> create) : ILogger, IDisposable
{
    private readonly object _gate = new(); // protects _logger; held while it is made, which takes no lock
    private Logger? _logger;

    public bool IsEnabled(LogEventLevel level) => level >= least;

    public void Write(LogEvent logEvent)
    {
        if (!IsEnabled(logEvent.Level))
            return;
        lock (_gate)
            _logger ??= create();
        _logger.Write(logEvent);
    }

    public void Dispose()
    {
        lock (_gate)
            _logger?.Dispose();
    }
}
