namespace RestrictedTee.Contracts;

/// <summary>
/// The system pseudo TA (optee_os lib/libutee/include/pta_system.h), the part of it that is no loader's. Only trusted applications can open it
/// (ACCESS_DENIED).
/// </summary>
public static class SystemPta
{
    /// <summary>PTA_SYSTEM_UUID.</summary>
    public const string UuidText = "3a2f8978-5dc0-11e8-9c2d-fa7ae01bbebc";

    /// <summary>PTA_SYSTEM_ADD_RNG_ENTROPY. In: memref[0], of one byte at least, which is mixed into the pool of the random number generator.</summary>
    public const uint CommandAddRngEntropy = 0;

    /// <summary>
    /// PTA_SYSTEM_DERIVE_TA_UNIQUE_KEY. In: memref[0] extra data, of <see cref="LargestExtraData"/> at most. Out: memref[1], all of it a key of this device
    /// and of the TA that asks, the same each time. SECURITY: it would lie in memory of the normal world.
    /// </summary>
    public const uint CommandDeriveTaUniqueKey = 1;

    /// <summary>PTA_SYSTEM_GET_TPM_EVENT_LOG. Out: memref[0]. NOT_SUPPORTED: no firmware has written one.</summary>
    public const uint CommandGetTpmEventLog = 12;

    /// <summary>
    /// PTA_SYSTEM_SUPP_PLUGIN_INVOKE. In: memref[0] the UUID of a plug-in of the supplicant, as TEE_UUID, value[1].a command, .b sub-command. In and
    /// out: memref[2], null or at least one byte. Out: value[3].a how many bytes of it are the answer, in the words of the normal world. OUT_OF_MEMORY:
    /// memref[2] has more than <see cref="LargestPluginData"/>.
    /// </summary>
    public const uint CommandInvokeSupplicantPlugin = 13;

    /// <summary>TA_DERIVED_KEY_MIN_SIZE, in bytes.</summary>
    public const int SmallestKey = 16;

    /// <summary>TA_DERIVED_KEY_MAX_SIZE, in bytes.</summary>
    public const int LargestKey = 32;

    /// <summary>TA_DERIVED_EXTRA_DATA_MAX_SIZE, in bytes.</summary>
    public const int LargestExtraData = 1024;

    /// <summary>The most that a plug-in is given and answers, in bytes; both worlds copy it. Upstream has what the supplicant can allocate.</summary>
    public const int LargestPluginData = 1 << 20;

    /// <summary>The UUID.</summary>
    public static readonly Guid Uuid = new(UuidText);
}
