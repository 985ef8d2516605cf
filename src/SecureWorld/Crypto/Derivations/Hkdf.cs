using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Crypto.BouncyCastle;
using RestrictedTee.SecureWorld.Crypto.OpenSsl;
using RestrictedTee.SecureWorld.Crypto.Schemes;

namespace RestrictedTee.SecureWorld.Crypto.Derivations;

/// <summary>HKDF (RFC 5869): GlobalPlatform's, whose digest is a parameter (SHA-256 if none), and upstream's, one row a digest.</summary>
internal static class Hkdf
{
    internal static IReadOnlyList<Algorithm> Rows { get; } =
    [
        Of(TeeAlgorithm.Hkdf, null),
        Of(TeeAlgorithm.HkdfMd5DeriveKey, TeeAlgorithm.Md5),
        Of(TeeAlgorithm.HkdfSha1DeriveKey, TeeAlgorithm.Sha1),
        Of(TeeAlgorithm.HkdfSha224DeriveKey, TeeAlgorithm.Sha224),
        Of(TeeAlgorithm.HkdfSha256DeriveKey, TeeAlgorithm.Sha256),
        Of(TeeAlgorithm.HkdfSha384DeriveKey, TeeAlgorithm.Sha384),
        Of(TeeAlgorithm.HkdfSha512DeriveKey, TeeAlgorithm.Sha512),
    ];

    private static DerivationAlgorithm Of(TeeAlgorithm id, TeeAlgorithm? digest)
    {
        var rule = new KdfRule(KdfKind.Hkdf, digest);
        return new DerivationAlgorithm(id, "RFC 5869")
        {
            Key = ObjectType.HkdfIkm,
            Providers = [OpenSslKdf.Provider(rule), BouncyCastleKdf.Provider(rule)],
        };
    }
}
