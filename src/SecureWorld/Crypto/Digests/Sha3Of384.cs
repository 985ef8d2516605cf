using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Crypto.BouncyCastle;
using RestrictedTee.SecureWorld.Crypto.OpenSsl;

namespace RestrictedTee.SecureWorld.Crypto.Digests;

/// <summary>SHA3-384 (FIPS 202, 6.1): a digest of 48 bytes.</summary>
internal static class Sha3Of384
{
    internal static DigestAlgorithm Row { get; } = new(TeeAlgorithm.Sha3Of384, "FIPS 202, 6.1")
    {
        Size = 48,
        Providers = [OpenSslDigest.Provider("SHA3-384"), BouncyCastleDigest.Provider("SHA3-384")],
    };
}
