namespace RestrictedTee.Contracts;

/// <summary>The aes example (optee_examples/aes/ta/include/aes_ta.h): a session has one operation, and one key in it.</summary>
/// <remarks>
/// What it tells: what comes of the client's own key, IV and text. It has no secure-data-path property, so that no restricted memref, of any size
/// above 0, reaches it, be it from the normal world or from another TA.
/// What the original's program never asks for panics the instance, as there: an IV for authenticated encryption, a message for a cipher that has no
/// IV yet, encryption by an operation that decrypts.
/// </remarks>
public static class AesExample
{
    /// <summary>TA_AES_UUID.</summary>
    public const string UuidText = "5dbac793-f574-4871-8ad3-04331ec17f24";

    /// <summary>
    /// TA_AES_CMD_PREPARE. In: value[0].a an <see cref="Algorithm"/>, value[1].a bytes of the key (16 or 32), value[2].a <see cref="ModeEncode"/> or
    /// <see cref="ModeDecode"/>. The key is zero until there is another.
    /// </summary>
    public const uint CommandPrepare = 0;

    /// <summary>TA_AES_CMD_SET_KEY. In: memref[0] key, of the size that was prepared.</summary>
    public const uint CommandSetKey = 1;

    /// <summary>TA_AES_CMD_SET_IV. In: memref[0] IV; of no byte for ECB.</summary>
    public const uint CommandSetIv = 2;

    /// <summary>
    /// TA_AES_CMD_CIPHER. In: memref[0] text. Out: memref[1], at least as large, else BAD_PARAMETERS. BAD_STATE before the first command.
    /// </summary>
    public const uint CommandCipher = 3;

    /// <summary>
    /// TA_AES_CMD_AUTHENC. In: memref[0] text, value[2].a 0 to decrypt, else to encrypt. Out: memref[1]. In and out: memref[3] tag, whose size is
    /// that of the tag. The nonce is the same each time. SHORT_BUFFER, with the size of the text, which the original does not tell; MAC_INVALID,
    /// and nothing is written.
    /// </summary>
    public const uint CommandAuthenc = 4;

    /// <summary>TA_AES_MODE_DECODE.</summary>
    public const uint ModeDecode = 0;

    /// <summary>TA_AES_MODE_ENCODE.</summary>
    public const uint ModeEncode = 1;

    /// <summary>The UUID.</summary>
    public static readonly Guid Uuid = new(UuidText);

    /// <summary>TA_AES_ALGO_*.</summary>
    public enum Algorithm : uint
    {
        /// <summary>TA_AES_ALGO_ECB.</summary>
        Ecb = 0,

        /// <summary>TA_AES_ALGO_CBC.</summary>
        Cbc = 1,

        /// <summary>TA_AES_ALGO_CTR.</summary>
        Ctr = 2,

        /// <summary>TA_AES_ALGO_CCM.</summary>
        Ccm = 3,

        /// <summary>TA_AES_ALGO_GCM.</summary>
        Gcm = 4,
    }
}
