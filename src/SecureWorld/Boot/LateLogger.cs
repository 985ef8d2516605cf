using Serilog;
using Serilog.Core;
using Serilog.Events;

namespace RestrictedTee.SecureWorld.Boot;

/// <summary>
/// The secure log, made when there is something to say: a healthy run says nothing, and does not pay for sinks and templates.
/// </summary>
/// <param name="least">What is said at all.</param>
/// <param name="create">Makes it.</param>
/// <param name="spare">Makes where a line goes when it cannot be made.</param>
internal sealed class LateLogger(LogEventLevel least, Func<Logger> create, Func<ILogEventSink> spare) : ILogger, IDisposable
{
    private readonly object _gate = new(); // protects _logger; held while it is made, which takes no lock
    private Logger? _logger;

    public bool IsEnabled(LogEventLevel level) => level >= least;

    public void Write(LogEvent logEvent)
    {
        if (!IsEnabled(logEvent.Level))
            return;
        try
        {
            lock (_gate)
                _logger ??= create();
            _logger.Write(logEvent);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or BadImageFormatException or TypeInitializationException)
        {
            // The libraries are files, and there may be no descriptor left to open them, which is what most wants to be said.
            spare().Emit(logEvent);
        }
    }

    public void Dispose()
    {
        lock (_gate)
            _logger?.Dispose();
    }
}
