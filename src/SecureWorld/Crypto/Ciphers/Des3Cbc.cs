using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Crypto.BouncyCastle;
using RestrictedTee.SecureWorld.Crypto.OpenSsl;

namespace RestrictedTee.SecureWorld.Crypto.Ciphers;

/// <summary>Triple DES, chained (NIST SP 800-67): two or three keys of 64 bits, an IV of 8 bytes, whole blocks of 8 bytes.</summary>
internal static class Des3Cbc
{
    internal static CipherAlgorithm Row { get; } = new(TeeAlgorithm.Des3CbcNoPad, "NIST SP 800-67; NIST SP 800-38A, 6.2")
    {
        Key = ObjectType.Des3,
        BlockSize = 8,
        IvSize = 8,
        Providers = [OpenSslCipher.Des("DES-EDE3-CBC"), BouncyCastleCipher.DesCbc],
    };
}
