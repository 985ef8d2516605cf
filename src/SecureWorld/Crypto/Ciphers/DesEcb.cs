using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Crypto.BouncyCastle;
using RestrictedTee.SecureWorld.Crypto.OpenSsl;

namespace RestrictedTee.SecureWorld.Crypto.Ciphers;

/// <summary>DES, block by block: a key of 64 bits of which 8 are parity, whole blocks of 8 bytes. Broken; for what still speaks it.</summary>
internal static class DesEcb
{
    internal static CipherAlgorithm Row { get; } = new(TeeAlgorithm.DesEcbNoPad, "FIPS 46-3; NIST SP 800-38A, 6.1")
    {
        Key = ObjectType.Des,
        BlockSize = 8,
        IvSize = 0,
        Providers = [OpenSslCipher.Des("DES-EDE3"), BouncyCastleCipher.DesEcb],
    };
}
