using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Crypto.BouncyCastle;
using RestrictedTee.SecureWorld.Crypto.OpenSsl;
using RestrictedTee.SecureWorld.Crypto.Schemes;

namespace RestrictedTee.SecureWorld.Crypto.Signatures;

/// <summary>ECDSA (FIPS 186-5) on P-192 to P-521, whichever the key is on: a signature of two numbers of the curve's size. One row a digest.</summary>
internal static class Ecdsa
{
    internal static IReadOnlyList<Algorithm> Rows { get; } =
    [
        Of(TeeAlgorithm.EcdsaSha1, TeeAlgorithm.Sha1),
        Of(TeeAlgorithm.EcdsaSha224, TeeAlgorithm.Sha224),
        Of(TeeAlgorithm.EcdsaSha256, TeeAlgorithm.Sha256),
        Of(TeeAlgorithm.EcdsaSha384, TeeAlgorithm.Sha384),
        Of(TeeAlgorithm.EcdsaSha512, TeeAlgorithm.Sha512),
        Of(TeeAlgorithm.EcdsaSha3Of224, TeeAlgorithm.Sha3Of224),
        Of(TeeAlgorithm.EcdsaSha3Of256, TeeAlgorithm.Sha3Of256),
        Of(TeeAlgorithm.EcdsaSha3Of384, TeeAlgorithm.Sha3Of384),
        Of(TeeAlgorithm.EcdsaSha3Of512, TeeAlgorithm.Sha3Of512),
    ];

    private static SignatureAlgorithm Of(TeeAlgorithm id, TeeAlgorithm digest) => new(id, "FIPS 186-5, 6")
    {
        Key = ObjectType.EcdsaKeyPair,
        PublicKey = ObjectType.EcdsaPublicKey,
        OnCurves = Curves.Nist,
        Providers = [OpenSslDsa.Provider(HashNames.Of(digest).Size), BouncyCastleDsa.Provider(HashNames.Of(digest).Size)],
    };
}
