using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Crypto.BouncyCastle;
using RestrictedTee.SecureWorld.Crypto.OpenSsl;

namespace RestrictedTee.SecureWorld.Crypto.Ciphers;

/// <summary>AES, block by block (NIST SP 800-38A section 6.1): keys of 128, 192 and 256 bits, no IV, whole blocks of 16 bytes.</summary>
internal static class AesEcb
{
    internal static CipherAlgorithm Row { get; } = new(TeeAlgorithm.AesEcbNoPad, "FIPS 197; NIST SP 800-38A, 6.1")
    {
        Key = ObjectType.Aes,
        BlockSize = 16,
        IvSize = 0,
        Providers = [OpenSslCipher.Provider(128, bits => $"AES-{bits}-ECB"), BouncyCastleCipher.AesEcb],
    };
}
