using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Crypto.BouncyCastle;
using RestrictedTee.SecureWorld.Crypto.Modes;
using RestrictedTee.SecureWorld.Crypto.OpenSsl;

namespace RestrictedTee.SecureWorld.Crypto.Ciphers;

/// <summary>AES in XTS (IEEE 1619): two keys of 128 or of 256 bits, or as upstream of 192, an IV of 16 bytes, 16 bytes of text or more.</summary>
internal static class AesXts
{
    internal static CipherAlgorithm Row { get; } = new(TeeAlgorithm.AesXts, "IEEE 1619; NIST SP 800-38E")
    {
        Key = ObjectType.Aes,
        BlockSize = 16,
        IvSize = 16,
        HasTwoKeys = true,
        MinStolenSize = 16,
        Providers =
        [
            XtsOfAnyKeys.Of(OpenSslXts.Aes, XtsMode.Over(AesEcb.Row.Providers[0])),
            XtsMode.Over(BouncyCastleCipher.AesEcb),
        ],
    };
}
