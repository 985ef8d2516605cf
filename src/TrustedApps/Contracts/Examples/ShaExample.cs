namespace RestrictedTee.Contracts;

/// <summary>The sha example (optee_examples/sha/ta/include/sha_ta.h): digests, and MACs with a key of the session.</summary>
/// <remarks>
/// What it tells: what comes of the client's own key and message. It has no secure-data-path property, so that no restricted memref, of any size
/// above 0, reaches it, be it from the normal world or from another TA.
/// Parameters of other types are BAD_PARAMETERS; where nothing is prepared either, the original says BAD_STATE. A MAC without
/// <see cref="CommandSetIv"/> panics the instance, as there; so does an object type that is none of the algorithm's.
/// </remarks>
public static class ShaExample
{
    /// <summary>TA_SHA_UUID.</summary>
    public const string UuidText = "1dc6a16b-2fba-4aa1-9519-ea8a6c8c16e5";

    /// <summary>
    /// TA_SHA_CMD_PREPARE. In: value[0].a the MAC, by GlobalPlatform's number, value[1].a bytes of the key, value[2].a an <see cref="KeyType"/>.
    /// NOT_SUPPORTED: no such MAC, or not with such a key. The key is zero until there is another.
    /// </summary>
    public const uint CommandPrepare = 0;

    /// <summary>
    /// TA_SHA_CMD_SET_KEY. In: memref[0] key, of the size that was prepared. BAD_STATE where nothing is prepared, as of the next three.
    /// </summary>
    public const uint CommandSetKey = 1;

    /// <summary>TA_SHA_CMD_SET_IV: begins. In: memref[0], which no MAC makes anything of.</summary>
    public const uint CommandSetIv = 2;

    /// <summary>
    /// TA_SHA_CMD_COMPUTE_MAC. In: memref[0] message, which is authenticated twice over. Out: memref[1] the MAC; SHORT_BUFFER, with the size, and
    /// nothing has happened.
    /// </summary>
    public const uint CommandComputeMac = 3;

    /// <summary>TA_SHA_CMD_COMPARE_MAC. In: memref[0] message, memref[1] what its MAC should be. MAC_INVALID: it is another.</summary>
    public const uint CommandCompareMac = 4;

    /// <summary>
    /// TA_SHA_CMD_COMPUTE_DIGEST. In: memref[0] message, value[2].a the digest, by GlobalPlatform's number. Out: memref[1]; SHORT_BUFFER, with the
    /// size, when there is no room. It leaves a MAC of the session alone, which in the original it ends.
    /// </summary>
    public const uint CommandComputeDigest = 5;

    /// <summary>The UUID.</summary>
    public static readonly Guid Uuid = new(UuidText);

    /// <summary>enum ta_sha_object_type.</summary>
    public enum KeyType : uint
    {
        /// <summary>TA_SHA_OBJ_TYPE_HMAC_SHA256.</summary>
        HmacSha256 = 0,

        /// <summary>TA_SHA_OBJ_TYPE_HMAC_SHA1.</summary>
        HmacSha1 = 1,

        /// <summary>TA_SHA_OBJ_TYPE_HMAC_SHA224.</summary>
        HmacSha224 = 2,

        /// <summary>TA_SHA_OBJ_TYPE_HMAC_SHA384.</summary>
        HmacSha384 = 3,

        /// <summary>TA_SHA_OBJ_TYPE_HMAC_SHA512.</summary>
        HmacSha512 = 4,

        /// <summary>TA_SHA_OBJ_TYPE_AES.</summary>
        Aes = 5,
    }
}
