namespace RestrictedTee.Contracts;

/// <summary>The supp_plugin TA (optee_test ta/supp_plugin/include/ta_supp_plugin.h): what it is asked it asks xtest's plug-in of the supplicant.</summary>
/// <remarks>
/// What it tells: what the plug-in answers. It has no secure-data-path property, so that no restricted memref, of any size above 0, reaches it, be it
/// from the normal world or from another TA. A session opens if the plug-in is there.
/// </remarks>
public static class SuppPlugin
{
    /// <summary>TA_SUPP_PLUGIN_UUID.</summary>
    public const string UuidText = "380231ac-fb99-47ad-a689-9e017eb6e78a";

    /// <summary>In and out: value[0] two numbers, .a becomes their sum for value[1].a '+', and else their difference.</summary>
    public const uint CommandPassValues = 0;

    /// <summary>In and out: memref[0], whose first byte becomes the sum of all. Out: value[1].a that sum.</summary>
    public const uint CommandWriteArray = 1;

    /// <summary>Out: memref[0] text of the plug-in, value[1].a its length.</summary>
    public const uint CommandGetArray = 2;

    /// <summary>Names no plug-in at all: BAD_PARAMETERS.</summary>
    public const uint CommandBadUuid = 3;

    /// <summary>Sends ten bytes from nowhere: BAD_PARAMETERS.</summary>
    public const uint CommandBadInputData = 4;

    /// <summary>Sends data without a length: BAD_PARAMETERS.</summary>
    public const uint CommandBadInputLength = 5;

    /// <summary>Names a plug-in that is nowhere: ITEM_NOT_FOUND.</summary>
    public const uint CommandUnknownUuid = 6;

    /// <summary>The UUID.</summary>
    public static readonly Guid Uuid = new(UuidText);

    /// <summary>The plug-in (host/supp_plugin/include/test_supp_plugin.h).</summary>
    public static class Plugin
    {
        /// <summary>TEST_PLUGIN_CMD_PING: nothing.</summary>
        public const uint CommandPing = 0;

        /// <summary>TEST_PLUGIN_CMD_PASS_VALUES: two 32-bit numbers, the first of which becomes the answer; the sub-command is '+' or another character.</summary>
        public const uint CommandPassValues = 1;

        /// <summary>TEST_PLUGIN_CMD_WRITE_ARR: bytes, the first of which becomes their sum.</summary>
        public const uint CommandWriteArray = 2;

        /// <summary>TEST_PLUGIN_CMD_GET_ARR: room for a text that ends with a zero.</summary>
        public const uint CommandGetArray = 3;

        /// <summary>TEST_PLUGIN_UUID.</summary>
        public static readonly Guid Uuid = new("f07bfc66-958c-4a15-99c0-260e4e7375dd");
    }
}
