using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Crypto.BouncyCastle;
using RestrictedTee.SecureWorld.Crypto.OpenSsl;

namespace RestrictedTee.SecureWorld.Crypto.Ciphers;

/// <summary>AES, chained (NIST SP 800-38A section 6.2): keys of 128, 192 and 256 bits, an IV of 16 bytes, whole blocks of 16 bytes.</summary>
internal static class AesCbc
{
    internal static CipherAlgorithm Row { get; } = new(TeeAlgorithm.AesCbcNoPad, "FIPS 197; NIST SP 800-38A, 6.2")
    {
        Key = ObjectType.Aes,
        BlockSize = 16,
        IvSize = 16,
        Providers = [OpenSslCipher.Provider(128, bits => $"AES-{bits}-CBC"), BouncyCastleCipher.AesCbc],
    };
}
