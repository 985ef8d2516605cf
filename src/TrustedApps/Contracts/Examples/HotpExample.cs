namespace RestrictedTee.Contracts;

/// <summary>
/// The hotp example (optee_examples/hotp/ta/include/hotp_ta.h): one-time passwords by RFC 4226, of six digits, by HMAC-SHA-1. Opens without
/// parameters.
/// </summary>
/// <remarks>
/// What it tells: one password after the other, and never the key. It has no secure-data-path property, so that no restricted memref, of any size
/// above 0, reaches it, be it from the normal world or from another TA.
/// </remarks>
public static class HotpExample
{
    /// <summary>TA_HOTP_UUID.</summary>
    public const string UuidText = "484d4143-2d53-4841-3120-4a6f636b6542";

    /// <summary>TA_HOTP_CMD_REGISTER_SHARED_KEY. In: memref[0] key, of <see cref="LargestKey"/> at most. The session's counter goes on.</summary>
    public const uint CommandRegisterSharedKey = 0;

    /// <summary>
    /// TA_HOTP_CMD_GET_HOTP. Out: value[0].a the password as a number. BAD_PARAMETERS with a key that is shorter than <see cref="SmallestKey"/>, or
    /// none: the counter, which begins at 0, moves on all the same.
    /// </summary>
    public const uint CommandGetHotp = 1;

    /// <summary>In bytes, what GlobalPlatform has as the smallest key of HMAC-SHA-1.</summary>
    public const int SmallestKey = 10;

    /// <summary>In bytes, likewise the largest.</summary>
    public const int LargestKey = 64;

    /// <summary>The UUID.</summary>
    public static readonly Guid Uuid = new(UuidText);
}
