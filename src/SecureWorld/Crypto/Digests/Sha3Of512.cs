using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Crypto.BouncyCastle;
using RestrictedTee.SecureWorld.Crypto.OpenSsl;

namespace RestrictedTee.SecureWorld.Crypto.Digests;

/// <summary>SHA3-512 (FIPS 202, 6.1): a digest of 64 bytes.</summary>
internal static class Sha3Of512
{
    internal static DigestAlgorithm Row { get; } = new(TeeAlgorithm.Sha3Of512, "FIPS 202, 6.1")
    {
        Size = 64,
        Providers = [OpenSslDigest.Provider("SHA3-512"), BouncyCastleDigest.Provider("SHA3-512")],
    };
}
