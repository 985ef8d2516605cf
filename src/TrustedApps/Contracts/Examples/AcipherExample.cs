namespace RestrictedTee.Contracts;

/// <summary>
/// The acipher example (optee_examples/acipher/ta/include/acipher_ta.h): encryption with a pair of RSA keys that the session makes.
/// </summary>
/// <remarks>
/// What it tells: what the client's own text is, encrypted for a key of the session, and what such a ciphertext is of. It has no secure-data-path
/// property, so that no restricted memref, of any size above 0, reaches it, be it from the normal world or from another TA.
/// </remarks>
public static class AcipherExample
{
    /// <summary>TA_ACIPHER_UUID.</summary>
    public const string UuidText = "a734eed9-d6a1-4244-aa50-7c99719e7b7b";

    /// <summary>
    /// TA_ACIPHER_CMD_GEN_KEY. In: value[0].a bits of the key. NOT_SUPPORTED: there is none of that size, and the session keeps the one it has.
    /// </summary>
    public const uint CommandGenerateKey = 0;

    /// <summary>
    /// TA_ACIPHER_CMD_ENCRYPT_DECRYPT. In: memref[0] text, value[2].a 0 to decrypt, else to encrypt, value[3].a the algorithm, by GlobalPlatform's
    /// number. Out: memref[1]; SHORT_BUFFER, with the size, when there is no room. BAD_STATE without a key; NOT_SUPPORTED: no such encryption;
    /// BAD_PARAMETERS: the text is too long; CIPHERTEXT_INVALID: it is of no text.
    /// </summary>
    public const uint CommandEncryptDecrypt = 1;

    /// <summary>The UUID.</summary>
    public static readonly Guid Uuid = new(UuidText);
}
