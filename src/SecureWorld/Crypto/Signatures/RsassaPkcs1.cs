using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Crypto.BouncyCastle;
using RestrictedTee.SecureWorld.Crypto.OpenSsl;
using RestrictedTee.SecureWorld.Crypto.Schemes;

namespace RestrictedTee.SecureWorld.Crypto.Signatures;

/// <summary>RSA signatures with the padding of PKCS #1 v1.5 (RFC 8017 section 8.2): keys of 256 to 4096 bits, a signature of the modulus' size. One row a digest, and one for what names its digest itself.</summary>
internal static class RsassaPkcs1
{
    internal static IReadOnlyList<Algorithm> Rows { get; } =
    [
        Of(TeeAlgorithm.RsassaPkcs1, null),
        Of(TeeAlgorithm.RsassaPkcs1Md5, TeeAlgorithm.Md5),
        Of(TeeAlgorithm.RsassaPkcs1Sha1, TeeAlgorithm.Sha1),
        Of(TeeAlgorithm.RsassaPkcs1Sha224, TeeAlgorithm.Sha224),
        Of(TeeAlgorithm.RsassaPkcs1Sha256, TeeAlgorithm.Sha256),
        Of(TeeAlgorithm.RsassaPkcs1Sha384, TeeAlgorithm.Sha384),
        Of(TeeAlgorithm.RsassaPkcs1Sha512, TeeAlgorithm.Sha512),
        Of(TeeAlgorithm.RsassaPkcs1Sha3Of224, TeeAlgorithm.Sha3Of224),
        Of(TeeAlgorithm.RsassaPkcs1Sha3Of256, TeeAlgorithm.Sha3Of256),
        Of(TeeAlgorithm.RsassaPkcs1Sha3Of384, TeeAlgorithm.Sha3Of384),
        Of(TeeAlgorithm.RsassaPkcs1Sha3Of512, TeeAlgorithm.Sha3Of512),
    ];

    private static SignatureAlgorithm Of(TeeAlgorithm id, TeeAlgorithm? digest)
    {
        (string? name, int size) = digest is { } known ? HashNames.Of(known) : (null, 0);
        var scheme = new RsaScheme(name, size, IsPss: false);
        return new SignatureAlgorithm(id, "RFC 8017, 8.2")
        {
            Key = ObjectType.RsaKeyPair,
            PublicKey = ObjectType.RsaPublicKey,
            Providers = [OpenSslRsa.Provider(scheme), BouncyCastleRsa.Provider(scheme)],
        };
    }
}
