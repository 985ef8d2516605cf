using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Crypto.BouncyCastle;
using RestrictedTee.SecureWorld.Crypto.OpenSsl;

namespace RestrictedTee.SecureWorld.Crypto.Ciphers;

/// <summary>Triple DES, block by block (NIST SP 800-67): two or three keys of 64 bits, whole blocks of 8 bytes.</summary>
internal static class Des3Ecb
{
    internal static CipherAlgorithm Row { get; } = new(TeeAlgorithm.Des3EcbNoPad, "NIST SP 800-67; NIST SP 800-38A, 6.1")
    {
        Key = ObjectType.Des3,
        BlockSize = 8,
        IvSize = 0,
        Providers = [OpenSslCipher.Des("DES-EDE3"), BouncyCastleCipher.DesEcb],
    };
}
