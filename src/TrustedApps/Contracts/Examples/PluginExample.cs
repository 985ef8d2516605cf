namespace RestrictedTee.Contracts;

/// <summary>
/// The plugins example (optee_examples/plugins/ta/include/plugin_ta.h): the TA writes to the log of the normal world. Opens without parameters.
/// </summary>
/// <remarks>
/// What it tells: how often a session has asked. It has no secure-data-path property, so that no restricted memref, of any size above 0,
/// reaches it, be it from the normal world or from another TA.
/// </remarks>
public static class PluginExample
{
    /// <summary>PLUGIN_TA_UUID.</summary>
    public const string UuidText = "2a287631-de1b-4fdd-a55c-b9312e40769a";

    /// <summary>PLUGIN_TA_PING: one line, with a number that grows. ITEM_NOT_FOUND: the supplicant has no such plug-in.</summary>
    public const uint CommandPing = 0;

    /// <summary>The UUID.</summary>
    public static readonly Guid Uuid = new(UuidText);

    /// <summary>The syslog plug-in (optee_examples/plugins/syslog/syslog_plugin.c).</summary>
    public static class Syslog
    {
        /// <summary>
        /// TO_SYSLOG_CMD: data are a line, the sub-command its priority, as in syslog.h: <see cref="Error"/> and below, <see cref="Warning"/>, up
        /// to <see cref="Debug"/>.
        /// </summary>
        public const uint CommandToSyslog = 0;

        /// <summary>LOG_ERR.</summary>
        public const uint Error = 3;

        /// <summary>LOG_WARNING.</summary>
        public const uint Warning = 4;

        /// <summary>LOG_INFO.</summary>
        public const uint Info = 6;

        /// <summary>LOG_DEBUG.</summary>
        public const uint Debug = 7;

        /// <summary>SYSLOG_PLUGIN_UUID.</summary>
        public static readonly Guid Uuid = new("96bcf744-4f72-4866-bf1d-8634fd9c65e5");
    }
}
