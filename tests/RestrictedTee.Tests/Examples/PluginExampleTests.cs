using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Supplicant;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Board;
using RestrictedTee.Tests.Harness;
using Serilog.Events;

namespace RestrictedTee.Tests.Examples;

/// <summary>The plugins example, and the plug-in that it writes by.</summary>
[Collection(LogCapture.Collection)]
public sealed class PluginExampleTests
{
    [Theory]
    [InlineData(ConduitAbi.Smc)]
    [InlineData(ConduitAbi.Ffa)]
    public void Each_ping_of_a_session_is_a_line_with_a_number_that_grows(ConduitAbi abi)
    {
        using var log = new LogCapture();
        using var session = new ExampleSession(PluginExample.Uuid, abi);
        session.Tee.Plugins.Add(new SyslogPlugin());

        Assert.Equal(TeecResult.Success, session.Invoke(PluginExample.CommandPing));
        Assert.Equal(TeecResult.Success, session.Invoke(PluginExample.CommandPing));

        Assert.Equal(["Trusted application: Hello, plugin! value = 0x0", "Trusted application: Hello, plugin! value = 0x1"], Written(log));
    }

    [Fact]
    public void Without_the_plug_in_it_says_that_there_is_none()
    {
        using var session = new ExampleSession(PluginExample.Uuid);

        Assert.Equal(TeecResult.ItemNotFound, session.Invoke(PluginExample.CommandPing));
    }

    [Theory]
    [InlineData(PluginExample.Syslog.CommandToSyslog, TeecResult.Success)]
    [InlineData(PluginExample.Syslog.CommandToSyslog + 1, TeecResult.NotSupported)]
    [InlineData(uint.MaxValue, TeecResult.NotSupported)]
    public void The_plug_in_has_one_command_and_no_answer(uint command, TeecResult expected)
    {
        byte[] data = "a line"u8.ToArray();

        Assert.Equal(expected, new SyslogPlugin().Invoke(command, PluginExample.Syslog.Info, data, out int size));

        Assert.Equal(0, size);
        Assert.Equal("a line"u8, data);
    }

    [Fact]
    public void What_it_writes_is_one_line_and_no_longer_than_a_line_may_be()
    {
        using var log = new LogCapture();

        new SyslogPlugin().Invoke(PluginExample.Syslog.CommandToSyslog, PluginExample.Syslog.Warning, "one\ntwo\e[2J"u8.ToArray(), out _);
        new SyslogPlugin().Invoke(PluginExample.Syslog.CommandToSyslog, PluginExample.Syslog.Warning, [.. Enumerable.Repeat((byte)'x', 1024), (byte)'y'], out _);

        Assert.Equal(["Trusted application: one?two?[2J", "Trusted application: " + new string('x', 1024)], Written(log));
    }

    [Theory]
    [InlineData(0u, LogEventLevel.Error)]
    [InlineData(PluginExample.Syslog.Error, LogEventLevel.Error)]
    [InlineData(PluginExample.Syslog.Warning, LogEventLevel.Warning)]
    [InlineData(5u, LogEventLevel.Information)]
    [InlineData(PluginExample.Syslog.Info, LogEventLevel.Information)]
    [InlineData(PluginExample.Syslog.Debug, LogEventLevel.Debug)]
    [InlineData((3 << 3) | PluginExample.Syslog.Warning, LogEventLevel.Warning)] // LOG_DAEMON
    [InlineData(uint.MaxValue, LogEventLevel.Debug)]
    public void A_priority_is_a_level_of_the_log(uint priority, LogEventLevel expected)
    {
        using var log = new LogCapture();

        new SyslogPlugin().Invoke(PluginExample.Syslog.CommandToSyslog, priority, "a line"u8.ToArray(), out _);

        Assert.Contains((expected, "Trusted application: a line"), log.Lines);
    }

    /// <summary>What the plug-in wrote; the log has what others write meanwhile, too.</summary>
    private static IEnumerable<string> Written(LogCapture log) =>
        log.Lines.Select(line => line.Text).Where(text => text.StartsWith("Trusted application: ", StringComparison.Ordinal));
}
