using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Crypto.BouncyCastle;
using RestrictedTee.SecureWorld.Crypto.OpenSsl;

namespace RestrictedTee.SecureWorld.Crypto.Digests;

/// <summary>SHA-1 (FIPS 180-4 section 6.1): a digest of 20 bytes.</summary>
internal static class Sha1
{
    internal static DigestAlgorithm Row { get; } = new(TeeAlgorithm.Sha1, "FIPS 180-4, 6.1")
    {
        Size = 20,
        Providers = [OpenSslDigest.Provider("SHA1"), BouncyCastleDigest.Provider("SHA-1")],
    };
}
