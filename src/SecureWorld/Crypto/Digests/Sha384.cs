using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Crypto.BouncyCastle;
using RestrictedTee.SecureWorld.Crypto.OpenSsl;

namespace RestrictedTee.SecureWorld.Crypto.Digests;

/// <summary>SHA-384 (FIPS 180-4 section 6.5): a digest of 48 bytes.</summary>
internal static class Sha384
{
    internal static DigestAlgorithm Row { get; } = new(TeeAlgorithm.Sha384, "FIPS 180-4, 6.5")
    {
        Size = 48,
        Providers = [OpenSslDigest.Provider("SHA384"), BouncyCastleDigest.Provider("SHA-384")],
    };
}
