using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Crypto.BouncyCastle;
using RestrictedTee.SecureWorld.Crypto.OpenSsl;

namespace RestrictedTee.SecureWorld.Crypto.Digests;

/// <summary>SHA3-256 (FIPS 202, 6.1): a digest of 32 bytes.</summary>
internal static class Sha3Of256
{
    internal static DigestAlgorithm Row { get; } = new(TeeAlgorithm.Sha3Of256, "FIPS 202, 6.1")
    {
        Size = 32,
        Providers = [OpenSslDigest.Provider("SHA3-256"), BouncyCastleDigest.Provider("SHA3-256")],
    };
}
