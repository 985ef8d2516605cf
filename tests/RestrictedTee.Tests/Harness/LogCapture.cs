using System.Collections.Concurrent;
using System.Globalization;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting.Display;

namespace RestrictedTee.Tests.Harness;

/// <summary>What is written to the log while it lives. There is one log in a process: tests that capture it belong into <see cref="Collection"/>.</summary>
internal sealed class LogCapture : ILogEventSink, IDisposable
{
    /// <summary>Tests of one collection do not run at once.</summary>
    internal const string Collection = "log";

    // As the secure world's own log has it.
    private static readonly MessageTemplateTextFormatter Formatter = new("{Message:lj}", CultureInfo.InvariantCulture);

    private readonly ConcurrentQueue<(LogEventLevel Level, string Text)> _lines = new();
    private readonly ILogger _before = Log.Logger;

    internal LogCapture() => Log.Logger = new LoggerConfiguration().MinimumLevel.Verbose().WriteTo.Sink(this).CreateLogger();

    internal IReadOnlyList<(LogEventLevel Level, string Text)> Lines => [.. _lines];

    public void Emit(LogEvent logEvent)
    {
        using var text = new StringWriter();
        Formatter.Format(logEvent, text);
        _lines.Enqueue((logEvent.Level, text.ToString()));
    }

    public void Dispose() => Log.Logger = _before;
}
