using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Crypto.BouncyCastle;
using RestrictedTee.SecureWorld.Crypto.OpenSsl;

namespace RestrictedTee.SecureWorld.Crypto.Digests;

/// <summary>MD5 (RFC 1321): a digest of 16 bytes. Broken; there for what must be compatible.</summary>
internal static class Md5
{
    internal static DigestAlgorithm Row { get; } = new(TeeAlgorithm.Md5, "RFC 1321")
    {
        Size = 16,
        Providers = [OpenSslDigest.Provider("MD5"), BouncyCastleDigest.Provider("MD5")],
    };
}
