using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Crypto.BouncyCastle;
using RestrictedTee.SecureWorld.Crypto.Modes;
using RestrictedTee.SecureWorld.Crypto.OpenSsl;

namespace RestrictedTee.SecureWorld.Crypto.Ciphers;

/// <summary>SM4 in XTS, counted as IEEE 1619 does, which is upstream's; the libraries that have an XTS of SM4 count as GB/T 17964 does. Two keys of 128 bits.</summary>
internal static class Sm4Xts
{
    internal static CipherAlgorithm Row { get; } = new(TeeAlgorithm.Sm4Xts, "GM/T 0002-2012; IEEE 1619")
    {
        Key = ObjectType.Sm4,
        BlockSize = 16,
        IvSize = 16,
        HasTwoKeys = true,
        MinStolenSize = 16,
        Providers = [XtsMode.Over(OpenSslCipher.Provider(128, _ => "SM4-ECB")), XtsMode.Over(BouncyCastleCipher.Sm4Ecb)],
    };
}
