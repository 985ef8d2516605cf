using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Crypto.BouncyCastle;
using RestrictedTee.SecureWorld.Crypto.OpenSsl;

namespace RestrictedTee.SecureWorld.Crypto.Digests;

/// <summary>SHA3-224 (FIPS 202, 6.1): a digest of 28 bytes.</summary>
internal static class Sha3Of224
{
    internal static DigestAlgorithm Row { get; } = new(TeeAlgorithm.Sha3Of224, "FIPS 202, 6.1")
    {
        Size = 28,
        Providers = [OpenSslDigest.Provider("SHA3-224"), BouncyCastleDigest.Provider("SHA3-224")],
    };
}
