using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Crypto.BouncyCastle;

namespace RestrictedTee.SecureWorld.Crypto.Digests;

/// <summary>SHAKE256 (FIPS 202): a digest of as many bytes as one asks for.</summary>
internal static class Shake256
{
    internal static DigestAlgorithm Row { get; } = new(TeeAlgorithm.Shake256, "FIPS 202")
    {
        Size = 0,
        Providers = [BouncyCastleXof.Shake(256)],
    };
}
