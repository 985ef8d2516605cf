using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Crypto.BouncyCastle;
using RestrictedTee.SecureWorld.Crypto.OpenSsl;
using RestrictedTee.SecureWorld.Crypto.Schemes;

namespace RestrictedTee.SecureWorld.Crypto.Derivations;

/// <summary>PBKDF2 with HMAC (RFC 8018 section 5.2), one row a digest.</summary>
internal static class Pbkdf2
{
    internal static IReadOnlyList<Algorithm> Rows { get; } =
    [
        Of(TeeAlgorithm.Pbkdf2HmacSha1DeriveKey, TeeAlgorithm.Sha1),
        Of(TeeAlgorithm.Pbkdf2HmacSha224DeriveKey, TeeAlgorithm.Sha224),
        Of(TeeAlgorithm.Pbkdf2HmacSha256DeriveKey, TeeAlgorithm.Sha256),
        Of(TeeAlgorithm.Pbkdf2HmacSha384DeriveKey, TeeAlgorithm.Sha384),
        Of(TeeAlgorithm.Pbkdf2HmacSha512DeriveKey, TeeAlgorithm.Sha512),
        Of(TeeAlgorithm.Pbkdf2HmacSm3DeriveKey, TeeAlgorithm.Sm3),
    ];

    private static DerivationAlgorithm Of(TeeAlgorithm id, TeeAlgorithm? digest)
    {
        var rule = new KdfRule(KdfKind.Pbkdf2, digest);
        return new DerivationAlgorithm(id, "RFC 8018, 5.2")
        {
            Key = ObjectType.Pbkdf2Password,
            Providers = [OpenSslKdf.Provider(rule), BouncyCastleKdf.Provider(rule)],
        };
    }
}
