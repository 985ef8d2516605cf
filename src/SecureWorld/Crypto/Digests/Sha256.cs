using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Crypto.BouncyCastle;
using RestrictedTee.SecureWorld.Crypto.OpenSsl;

namespace RestrictedTee.SecureWorld.Crypto.Digests;

/// <summary>SHA-256 (FIPS 180-4 section 6.2): a digest of 32 bytes.</summary>
internal static class Sha256
{
    internal static DigestAlgorithm Row { get; } = new(TeeAlgorithm.Sha256, "FIPS 180-4, 6.2")
    {
        Size = 32,
        Providers = [OpenSslDigest.Provider("SHA256"), BouncyCastleDigest.Provider("SHA-256")],
    };
}
