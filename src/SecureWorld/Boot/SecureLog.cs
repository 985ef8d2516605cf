using System.Runtime.CompilerServices;
using Serilog;
using Serilog.Core;

namespace RestrictedTee.SecureWorld.Boot;

/// <summary>The secure log. That it cannot be written is said once on standard error and ends nothing.</summary>
internal static class SecureLog
{
    /// <summary>The launcher may have a status line on this terminal, which it draws again a moment later (ECMA-48: CR, EL).</summary>
    private const string EraseLine = "\r\u001b[K";

    private static string Template => (Console.IsErrorRedirected ? "" : EraseLine) + "secure world: {Level:u3} {Message:lj}{NewLine}";

    /// <exception cref="IOException">The log file cannot be opened or written to; the message says which and why.</exception>
    internal static void Open(CommandLine options)
    {
        if (options.LogFile is { } file)
            Probe(file);
        Log.Logger = new LateLogger(options.LogLevel, () => Create(options), () => new StandardErrorSink(Template));
    }

    private static Logger Create(CommandLine options)
    {
        LoggerConfiguration logging = new LoggerConfiguration().MinimumLevel.Is(options.LogLevel);
        if (options.LogFile is { } file)
            WriteTo(file, logging);
        else
            logging.WriteTo.Sink(new StandardErrorSink(Template));
        return logging.CreateLogger();
    }

    /// <summary>Apart, so that the library is loaded only when there is a file.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void WriteTo(string file, LoggerConfiguration logging) =>
        logging.WriteTo.File(file, outputTemplate: "{Timestamp:HH:mm:ss.fff} {Level:u3} {Message:lj}{NewLine}");

    /// <summary>Writes out what is left. A disk that has filled up meanwhile costs the rest of the log, and not the exit status.</summary>
    internal static void Close()
    {
        try
        {
            Log.CloseAndFlush();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"secure world: the end of the log is lost: {e.Message}");
        }
    }

    /// <summary>A full disk lets files be opened, so only writing tells; an empty line is a fair price.</summary>
    private static void Probe(string file)
    {
        try
        {
            using FileStream stream = File.Open(file, FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
            stream.Write("\n"u8);
            stream.Flush(flushToDisk: false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"The log file '{file}' cannot be written: {e.Message} Choose another with --log-file, or free some space.", e);
        }
    }
}
