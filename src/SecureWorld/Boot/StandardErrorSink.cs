using System.Globalization;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting.Display;

namespace RestrictedTee.SecureWorld.Boot;

/// <summary>Writes the secure log to standard error itself, and not by way of the console, which is the trusted applications'.</summary>
internal sealed class StandardErrorSink(string template) : ILogEventSink, IDisposable
{
    private readonly MessageTemplateTextFormatter _formatter = new(template, CultureInfo.InvariantCulture);
    private readonly object _gate = new(); // one line at a time; a leaf
    private readonly StreamWriter _error = new(Console.OpenStandardError());

    public void Emit(LogEvent logEvent)
    {
        lock (_gate)
        {
            _formatter.Format(logEvent, _error);
            _error.Flush();
        }
    }

    public void Dispose() => _error.Dispose();
}
