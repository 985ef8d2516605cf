using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Crypto.BouncyCastle;
using RestrictedTee.SecureWorld.Crypto.Modes;
using RestrictedTee.SecureWorld.Crypto.OpenSsl;

namespace RestrictedTee.SecureWorld.Crypto.Ciphers;

/// <summary>
/// AES in Galois counter mode (NIST SP 800-38D): keys of 128, 192 and 256 bits, a nonce of any length, a tag of 12 to 16 bytes.
/// </summary>
internal static class AesGcm
{
    internal static AeAlgorithm Row { get; } = new(TeeAlgorithm.AesGcm, "NIST SP 800-38D")
    {
        Key = ObjectType.Aes,
        MinNonceSize = 1,
        MaxNonceSize = int.MaxValue,
        TagSizes = [12, 13, 14, 15, 16],
        Providers =
        [
            GcmOfAnyNonce.Of(OpenSslGcm.Provider(128, bits => $"id-aes{bits}-GCM"), GcmMode.Over(AesEcb.Row.Providers[0])),
            GcmMode.Over(BouncyCastleCipher.AesEcb),
        ],
    };
}
