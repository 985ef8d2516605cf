using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Crypto.BouncyCastle;
using RestrictedTee.SecureWorld.Crypto.OpenSsl;

namespace RestrictedTee.SecureWorld.Crypto.Ciphers;

/// <summary>DES, chained: a key of 64 bits of which 8 are parity, an IV of 8 bytes, whole blocks of 8 bytes. Broken; for what still speaks it.</summary>
internal static class DesCbc
{
    internal static CipherAlgorithm Row { get; } = new(TeeAlgorithm.DesCbcNoPad, "FIPS 46-3; NIST SP 800-38A, 6.2")
    {
        Key = ObjectType.Des,
        BlockSize = 8,
        IvSize = 8,
        Providers = [OpenSslCipher.Des("DES-EDE3-CBC"), BouncyCastleCipher.DesCbc],
    };
}
