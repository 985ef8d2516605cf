using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Crypto.BouncyCastle;
using RestrictedTee.SecureWorld.Crypto.OpenSsl;

namespace RestrictedTee.SecureWorld.Crypto.Digests;

/// <summary>SM3 (GM/T 0004-2012): a digest of 32 bytes.</summary>
internal static class Sm3
{
    internal static DigestAlgorithm Row { get; } = new(TeeAlgorithm.Sm3, "GM/T 0004-2012")
    {
        Size = 32,
        Providers = [OpenSslDigest.Provider("SM3"), BouncyCastleDigest.Provider("SM3")],
    };
}
