namespace RestrictedTee.Contracts;

/// <summary>The crypt TA (optee_test ta/crypt/include/ta_crypt.h), as far as it is served yet.</summary>
/// <remarks>
/// What it tells: digests and ciphertext of ranges that the client chooses, which would be an oracle over restricted memory. It
/// has no secure-data-path property, so that no restricted memref, of any size above 0, reaches it, be it from the
/// normal world or from another TA. Its key is a published test vector.
/// </remarks>
public static class Crypt
{
    /// <summary>TA_CRYPT_UUID.</summary>
    public const string UuidText = "cb3e5ba0-adf1-11e0-998b-0002a5d5c51b";

    /// <summary>In: memref[0]. Out: memref[1] the SHA-256 digest.</summary>
    public const uint CommandSha256 = 2;

    /// <summary>In: memref[0], whole blocks. Out: memref[1]. AES-256 ECB with the TA's fixed key.</summary>
    public const uint CommandAes256EcbEncrypt = 3;

    /// <summary>The reverse of <see cref="CommandAes256EcbEncrypt"/>.</summary>
    public const uint CommandAes256EcbDecrypt = 4;

    /// <summary>The UUID.</summary>
    public static readonly Guid Uuid = new(UuidText);
}
