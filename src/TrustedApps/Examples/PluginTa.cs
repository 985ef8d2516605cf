using System.Globalization;
using System.Text;
using RestrictedTee.Contracts;
using RestrictedTee.Sdk;

namespace RestrictedTee.TrustedApps.Examples;

/// <summary>
/// The plugins example: a TA asks something of the normal world, by a plug-in of the supplicant. Whoever looks there sees what it says, so it says
/// nothing that is secret.
/// </summary>
[TrustedApp(PluginExample.UuidText, Description = "Example of OP-TEE Trusted Application to work with plugin interface")]
public sealed class PluginTa : TrustedApp
{
    /// <summary>What the original has in a global: one object is one instance of the TA, here one for each session.</summary>
    private uint _pings;

    /// <summary>Has the plug-in write a line.</summary>
    [Command(PluginExample.CommandPing)]
    public TeeResult Ping()
    {
        string line = string.Create(CultureInfo.InvariantCulture, $"Hello, plugin! value = 0x{unchecked(_pings++):x}");
        Tee.Trace(TraceLevel.Info, $"Push syslog plugin string \"{line}\"");

        // The plug-in writes its answer over what it is given (tee_invoke_supp_plugin); this one has none.
        TeeResult result = SupplicantPlugin.TryInvoke(
            PluginExample.Syslog.Uuid, PluginExample.Syslog.CommandToSyslog, PluginExample.Syslog.Info, Encoding.ASCII.GetBytes(line), out _);
        if (result != TeeResult.Success)
            Tee.Trace(TraceLevel.Error, $"The syslog plug-in answers {result}.");
        return result;
    }

    /// <inheritdoc/>
    protected override TeeResult OtherCommand(TaSession session, uint command) => TeeResult.NotSupported;
}
