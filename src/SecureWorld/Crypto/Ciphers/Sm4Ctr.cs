using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Crypto.BouncyCastle;
using RestrictedTee.SecureWorld.Crypto.OpenSsl;

namespace RestrictedTee.SecureWorld.Crypto.Ciphers;

/// <summary>SM4 in counter mode: a key of 128 bits, an initial counter of 16 bytes, any number of bytes.</summary>
internal static class Sm4Ctr
{
    internal static CipherAlgorithm Row { get; } = new(TeeAlgorithm.Sm4Ctr, "GM/T 0002-2012; GB/T 17964")
    {
        Key = ObjectType.Sm4,
        BlockSize = 1,
        IvSize = 16,
        Providers = [OpenSslCipher.Provider(128, _ => "SM4-CTR"), BouncyCastleCounter.Sm4Ctr],
    };
}
