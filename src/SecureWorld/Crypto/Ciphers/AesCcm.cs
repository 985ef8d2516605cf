using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Crypto.BouncyCastle;
using RestrictedTee.SecureWorld.Crypto.Modes;

namespace RestrictedTee.SecureWorld.Crypto.Ciphers;

/// <summary>
/// AES in counter mode with CBC-MAC (NIST SP 800-38C): keys of 128, 192 and 256 bits, a nonce of 7 to 13 bytes, a tag of 4 to 16 bytes.
/// </summary>
internal static class AesCcm
{
    internal static AeAlgorithm Row { get; } = new(TeeAlgorithm.AesCcm, "NIST SP 800-38C")
    {
        Key = ObjectType.Aes,
        BlockSize = 16,
        MinNonceSize = 7,
        MaxNonceSize = 13,
        TagSizes = [4, 6, 8, 10, 12, 14, 16],
        NeedsSizes = true,
        HasRoom = CcmMode.HasRoom,
        Providers = [CcmMode.Over(AesCtr.Row.Providers[0], AesCbc.Row.Providers[0]), CcmMode.Over(BouncyCastleCounter.AesCtr, BouncyCastleCipher.AesCbc)],
    };
}
