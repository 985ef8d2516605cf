namespace RestrictedTee.Sdk;

/// <summary>Plug-ins of the supplicant (OP-TEE's extension: lib/libutee/include/tee_internal_api_extensions.h).</summary>
/// <remarks>A plug-in is a part of the normal world: what it is given everybody may see there, and what it answers anybody may have made up.</remarks>
public static class SupplicantPlugin
{
    /// <summary>PTA_SYSTEM_SUPP_PLUGIN_INVOKE of the system pseudo TA.</summary>
    private const uint Command = 13;

    private static readonly Guid SystemPta = new("3a2f8978-5dc0-11e8-9c2d-fa7ae01bbebc");

    /// <summary>tee_invoke_supp_plugin.</summary>
    /// <param name="plugin">The plug-in's UUID.</param>
    /// <param name="command">One of its commands.</param>
    /// <param name="subCommand">What else that wants to know.</param>
    /// <param name="data">What it gets, and gives back; none at all, or at least one byte.</param>
    /// <param name="size">How many bytes its answer has, if one believes it: it may be more than there was room for.</param>
    /// <returns>
    /// What the plug-in answers; ItemNotFound: the supplicant has none of that UUID; NotSupported, or Communication: there is no supplicant that
    /// knows plug-ins; BadParameters: the data are of no byte, without being none; OutOfMemory.
    /// </returns>
    public static TeeResult TryInvoke(Guid plugin, uint command, uint subCommand, Span<byte> data, out uint size)
    {
        Span<byte> uuid = stackalloc byte[16];
        plugin.TryWriteBytes(uuid);
        TeeResult opened = TaClientSession.TryOpen(SystemPta, out TaClientSession? system);
        if (system is null)
        {
            size = 0;
            return opened;
        }

        using TaClientSession session = system;
        var operation = new TaOperation { P0 = TaParam.Input(uuid), P1 = TaParam.ValueInput(command, subCommand), P2 = TaParam.InOut(data), P3 = TaParam.ValueOutput() };
        TeeResult result = session.TryInvoke(Command, ref operation, out _);
        size = operation.P3.A;
        return result;
    }
}
