using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Crypto.BouncyCastle;
using RestrictedTee.SecureWorld.Crypto.OpenSsl;

namespace RestrictedTee.SecureWorld.Crypto.Digests;

/// <summary>SHA-224 (FIPS 180-4 section 6.3): a digest of 28 bytes.</summary>
internal static class Sha224
{
    internal static DigestAlgorithm Row { get; } = new(TeeAlgorithm.Sha224, "FIPS 180-4, 6.3")
    {
        Size = 28,
        Providers = [OpenSslDigest.Provider("SHA224"), BouncyCastleDigest.Provider("SHA-224")],
    };
}
