using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Crypto.BouncyCastle;
using RestrictedTee.SecureWorld.Crypto.OpenSsl;
using RestrictedTee.SecureWorld.Crypto.Schemes;

namespace RestrictedTee.SecureWorld.Crypto.Derivations;

/// <summary>The concatenation function (NIST SP 800-56A section 5.8.1), one row a digest.</summary>
internal static class ConcatKdf
{
    internal static IReadOnlyList<Algorithm> Rows { get; } =
    [
        Of(TeeAlgorithm.ConcatKdfSha1DeriveKey, TeeAlgorithm.Sha1),
        Of(TeeAlgorithm.ConcatKdfSha224DeriveKey, TeeAlgorithm.Sha224),
        Of(TeeAlgorithm.ConcatKdfSha256DeriveKey, TeeAlgorithm.Sha256),
        Of(TeeAlgorithm.ConcatKdfSha384DeriveKey, TeeAlgorithm.Sha384),
        Of(TeeAlgorithm.ConcatKdfSha512DeriveKey, TeeAlgorithm.Sha512),
    ];

    private static DerivationAlgorithm Of(TeeAlgorithm id, TeeAlgorithm? digest)
    {
        var rule = new KdfRule(KdfKind.Concat, digest);
        return new DerivationAlgorithm(id, "NIST SP 800-56A, 5.8.1")
        {
            Key = ObjectType.ConcatKdfZ,
            Providers = [OpenSslKdf.Provider(rule), BouncyCastleKdf.Provider(rule)],
        };
    }
}
