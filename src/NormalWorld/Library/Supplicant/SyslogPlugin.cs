using System.Text;
using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Uapi;
using Serilog;
using Serilog.Events;

namespace RestrictedTee.NormalWorld.Supplicant;

/// <summary>
/// The syslog plug-in of OP-TEE's examples (optee_examples/plugins/syslog/syslog_plugin.c): lines of trusted applications, in the log of the normal world.
/// </summary>
public sealed class SyslogPlugin : ISupplicantPlugin
{
    /// <summary>The longest line, in bytes (RFC 3164 section 4.1); what follows is left out.</summary>
    private const int LongestLine = 1024;

    /// <summary>Where they go; unless said otherwise, to the log of this process.</summary>
    internal ILogger? Logger { get; init; }

    /// <inheritdoc/>
    public Guid Uuid => PluginExample.Syslog.Uuid;

    /// <inheritdoc/>
    public TeecResult Invoke(uint command, uint subCommand, Span<byte> data, out int size)
    {
        size = 0;
        if (command != PluginExample.Syslog.CommandToSyslog)
            return TeecResult.NotSupported;
        (Logger ?? Log.Logger).Write(LevelOf(subCommand), "Trusted application: {Line}", LineOf(data));
        return TeecResult.Success;
    }

    /// <summary>Of the priority of syslog.h, which may come with a facility in its upper bits.</summary>
    private static LogEventLevel LevelOf(uint priority) => (priority & 7) switch
    {
        <= PluginExample.Syslog.Error => LogEventLevel.Error,
        PluginExample.Syslog.Warning => LogEventLevel.Warning,
        PluginExample.Syslog.Debug => LogEventLevel.Debug,
        _ => LogEventLevel.Information,
    };

    /// <summary>One line, and nothing that a terminal would take for a command: applications of others write here too.</summary>
    private static string LineOf(ReadOnlySpan<byte> data) =>
        string.Concat(Encoding.UTF8.GetString(data[..Math.Min(data.Length, LongestLine)]).Select(c => char.IsControl(c) ? '?' : c));
}
