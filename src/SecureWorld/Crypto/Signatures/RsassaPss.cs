using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Crypto.BouncyCastle;
using RestrictedTee.SecureWorld.Crypto.OpenSsl;
using RestrictedTee.SecureWorld.Crypto.Schemes;

namespace RestrictedTee.SecureWorld.Crypto.Signatures;

/// <summary>RSA signatures with a salt (RFC 8017 section 8.1): the mask is made by the digest of the message, the salt is of its size unless a parameter says else. One row a digest.</summary>
internal static class RsassaPss
{
    internal static IReadOnlyList<Algorithm> Rows { get; } =
    [
        Of(TeeAlgorithm.RsassaPssMd5, TeeAlgorithm.Md5),
        Of(TeeAlgorithm.RsassaPssSha1, TeeAlgorithm.Sha1),
        Of(TeeAlgorithm.RsassaPssSha224, TeeAlgorithm.Sha224),
        Of(TeeAlgorithm.RsassaPssSha256, TeeAlgorithm.Sha256),
        Of(TeeAlgorithm.RsassaPssSha384, TeeAlgorithm.Sha384),
        Of(TeeAlgorithm.RsassaPssSha512, TeeAlgorithm.Sha512),
        Of(TeeAlgorithm.RsassaPssSha3Of224, TeeAlgorithm.Sha3Of224),
        Of(TeeAlgorithm.RsassaPssSha3Of256, TeeAlgorithm.Sha3Of256),
        Of(TeeAlgorithm.RsassaPssSha3Of384, TeeAlgorithm.Sha3Of384),
        Of(TeeAlgorithm.RsassaPssSha3Of512, TeeAlgorithm.Sha3Of512),
    ];

    private static SignatureAlgorithm Of(TeeAlgorithm id, TeeAlgorithm digest)
    {
        (string name, int size) = HashNames.Of(digest);
        var scheme = new RsaScheme(name, size, IsPss: true);
        return new SignatureAlgorithm(id, "RFC 8017, 8.1")
        {
            Key = ObjectType.RsaKeyPair,
            PublicKey = ObjectType.RsaPublicKey,
            Providers = [OpenSslRsa.Provider(scheme), BouncyCastleRsa.Provider(scheme)],
        };
    }
}
