using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Crypto.BouncyCastle;
using RestrictedTee.SecureWorld.Crypto.OpenSsl;

namespace RestrictedTee.SecureWorld.Crypto.Ciphers;

/// <summary>SM4, chained: a key of 128 bits, an IV of 16 bytes, whole blocks of 16 bytes.</summary>
internal static class Sm4Cbc
{
    internal static CipherAlgorithm Row { get; } = new(TeeAlgorithm.Sm4CbcNoPad, "GM/T 0002-2012; GB/T 17964")
    {
        Key = ObjectType.Sm4,
        BlockSize = 16,
        IvSize = 16,
        Providers = [OpenSslCipher.Provider(128, _ => "SM4-CBC"), BouncyCastleCipher.Sm4Cbc],
    };
}
