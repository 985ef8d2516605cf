using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Crypto.BouncyCastle;
using RestrictedTee.SecureWorld.Crypto.OpenSsl;

namespace RestrictedTee.SecureWorld.Crypto.Digests;

/// <summary>SHA-512 (FIPS 180-4 section 6.4): a digest of 64 bytes.</summary>
internal static class Sha512
{
    internal static DigestAlgorithm Row { get; } = new(TeeAlgorithm.Sha512, "FIPS 180-4, 6.4")
    {
        Size = 64,
        Providers = [OpenSslDigest.Provider("SHA512"), BouncyCastleDigest.Provider("SHA-512")],
    };
}
