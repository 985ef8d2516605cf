using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Crypto.BouncyCastle;
using RestrictedTee.SecureWorld.Crypto.OpenSsl;

namespace RestrictedTee.SecureWorld.Crypto.Ciphers;

/// <summary>SM4, block by block: a key of 128 bits, whole blocks of 16 bytes.</summary>
internal static class Sm4Ecb
{
    internal static CipherAlgorithm Row { get; } = new(TeeAlgorithm.Sm4EcbNoPad, "GM/T 0002-2012; GB/T 17964")
    {
        Key = ObjectType.Sm4,
        BlockSize = 16,
        IvSize = 0,
        Providers = [OpenSslCipher.Provider(128, _ => "SM4-ECB"), BouncyCastleCipher.Sm4Ecb],
    };
}
