using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Crypto.BouncyCastle;
using RestrictedTee.SecureWorld.Crypto.OpenSsl;
using RestrictedTee.SecureWorld.Crypto.Schemes;

namespace RestrictedTee.SecureWorld.Crypto.Signatures;

/// <summary>DSA (FIPS 186-4): keys of 512 to 3072 bits, a signature of two numbers of the subgroup's size. One row a digest.</summary>
internal static class Dsa
{
    internal static IReadOnlyList<Algorithm> Rows { get; } =
    [
        Of(TeeAlgorithm.DsaSha1, TeeAlgorithm.Sha1),
        Of(TeeAlgorithm.DsaSha224, TeeAlgorithm.Sha224),
        Of(TeeAlgorithm.DsaSha256, TeeAlgorithm.Sha256),
        Of(TeeAlgorithm.DsaSha3Of224, TeeAlgorithm.Sha3Of224),
        Of(TeeAlgorithm.DsaSha3Of256, TeeAlgorithm.Sha3Of256),
        Of(TeeAlgorithm.DsaSha3Of384, TeeAlgorithm.Sha3Of384),
        Of(TeeAlgorithm.DsaSha3Of512, TeeAlgorithm.Sha3Of512),
    ];

    private static SignatureAlgorithm Of(TeeAlgorithm id, TeeAlgorithm digest) => new(id, "FIPS 186-4, 4")
    {
        Key = ObjectType.DsaKeyPair,
        PublicKey = ObjectType.DsaPublicKey,
        Providers = [OpenSslDsa.Provider(HashNames.Of(digest).Size), BouncyCastleDsa.Provider(HashNames.Of(digest).Size)],
    };
}
