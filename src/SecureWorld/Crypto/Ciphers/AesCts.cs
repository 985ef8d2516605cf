using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Crypto.BouncyCastle;
using RestrictedTee.SecureWorld.Crypto.OpenSsl;

namespace RestrictedTee.SecureWorld.Crypto.Ciphers;

/// <summary>AES, chained, with ciphertext stealing (NIST SP 800-38A addendum, CBC-CS3; RFC 3962): an IV of 16 bytes, more than 16 bytes of text.</summary>
internal static class AesCts
{
    internal static CipherAlgorithm Row { get; } = new(TeeAlgorithm.AesCts, "NIST SP 800-38A addendum, CBC-CS3")
    {
        Key = ObjectType.Aes,
        BlockSize = 16,
        IvSize = 16,
        MinStolenSize = 17,
        Providers = [OpenSslCts.Aes, BouncyCastleCts.AesCts],
    };
}
