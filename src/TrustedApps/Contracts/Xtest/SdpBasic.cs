namespace RestrictedTee.Contracts;

/// <summary>The secure-data-path test TA (optee_test ta/sdp_basic/include/ta_sdp_basic.h).</summary>
/// <remarks>
/// What it tells: everything about memory that nobody has claimed, by design: it is test equipment, and xtest compares what it
/// reads back. That is no leak, because secret content is claimed before its first byte is written (Tee.ClaimRestricted), and a
/// claim shuts out every TA that it does not name, in whatever order and however often it asks; free memory is zero. What
/// it passes on, to itself or to the pseudo TA, it must be let at itself first, and the other is asked for its own rights then.
/// </remarks>
public static class SdpBasic
{
    /// <summary>TA_SDP_BASIC_UUID.</summary>
    public const string UuidText = "12345678-5b69-11e4-9dbb-101f74f00099";

    /// <summary>In: memref[0] normal memory. Out: memref[1] restricted memory.</summary>
    public const uint CommandInject = 0;

    /// <summary>In and out: memref[0] restricted memory; each byte becomes ~byte + 1.</summary>
    public const uint CommandTransform = 1;

    /// <summary>In: memref[0] restricted memory. Out: memref[1] normal memory.</summary>
    public const uint CommandDump = 2;

    /// <summary>As inject, through a session of the TA to itself.</summary>
    public const uint CommandInvokeInject = 3;

    /// <summary>As transform, through a session of the TA to itself.</summary>
    public const uint CommandInvokeTransform = 4;

    /// <summary>As dump, through a session of the TA to itself.</summary>
    public const uint CommandInvokeDump = 5;

    /// <summary>As inject, through a session to the invoke-tests pseudo TA.</summary>
    public const uint CommandPtaInject = 6;

    /// <summary>As transform, through a session to the invoke-tests pseudo TA.</summary>
    public const uint CommandPtaTransform = 7;

    /// <summary>As dump, through a session to the invoke-tests pseudo TA.</summary>
    public const uint CommandPtaDump = 8;

    /// <summary>The UUID.</summary>
    public static readonly Guid Uuid = new(UuidText);
}
