using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Crypto.BouncyCastle;
using RestrictedTee.SecureWorld.Crypto.OpenSsl;

namespace RestrictedTee.SecureWorld.Crypto.Ciphers;

/// <summary>
/// AES in counter mode (NIST SP 800-38A section 6.5): keys of 128, 192 and 256 bits, an initial counter of 16 bytes which counts up as
/// one big-endian number, any number of bytes.
/// </summary>
internal static class AesCtr
{
    internal static CipherAlgorithm Row { get; } = new(TeeAlgorithm.AesCtr, "FIPS 197; NIST SP 800-38A, 6.5")
    {
        Key = ObjectType.Aes,
        BlockSize = 1,
        IvSize = 16,
        Providers = [OpenSslCipher.Provider(128, bits => $"AES-{bits}-CTR"), BouncyCastleCounter.AesCtr],
    };
}
