using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Crypto.BouncyCastle;
using RestrictedTee.SecureWorld.Crypto.OpenSsl;
using RestrictedTee.SecureWorld.Crypto.Schemes;

namespace RestrictedTee.SecureWorld.Crypto.AsymmetricCiphers;

/// <summary>RSA encryption (RFC 8017 section 7): PKCS #1 v1.5, OAEP with each digest, whose mask may have another by parameter, and without any padding.</summary>
internal static class RsaEncryptions
{
    internal static IReadOnlyList<Algorithm> Rows { get; } =
    [
        Of(TeeAlgorithm.RsaNoPad, RsaPadding.None, default, "RFC 8017, 5.1"),
        Of(TeeAlgorithm.RsaesPkcs1, RsaPadding.Pkcs1, default, "RFC 8017, 7.2"),
        Oaep(TeeAlgorithm.RsaesOaepMd5, TeeAlgorithm.Md5),
        Oaep(TeeAlgorithm.RsaesOaepSha1, TeeAlgorithm.Sha1),
        Oaep(TeeAlgorithm.RsaesOaepSha224, TeeAlgorithm.Sha224),
        Oaep(TeeAlgorithm.RsaesOaepSha256, TeeAlgorithm.Sha256),
        Oaep(TeeAlgorithm.RsaesOaepSha384, TeeAlgorithm.Sha384),
        Oaep(TeeAlgorithm.RsaesOaepSha512, TeeAlgorithm.Sha512),
        Oaep(TeeAlgorithm.RsaesOaepSha3Of224, TeeAlgorithm.Sha3Of224),
        Oaep(TeeAlgorithm.RsaesOaepSha3Of256, TeeAlgorithm.Sha3Of256),
        Oaep(TeeAlgorithm.RsaesOaepSha3Of384, TeeAlgorithm.Sha3Of384),
        Oaep(TeeAlgorithm.RsaesOaepSha3Of512, TeeAlgorithm.Sha3Of512),
    ];

    private static AsymmetricCipherAlgorithm Oaep(TeeAlgorithm id, TeeAlgorithm digest) => Of(id, RsaPadding.Oaep, digest, "RFC 8017, 7.1");

    private static AsymmetricCipherAlgorithm Of(TeeAlgorithm id, RsaPadding padding, TeeAlgorithm digest, string standard)
    {
        var scheme = new RsaEncryption(padding, digest);
        return new AsymmetricCipherAlgorithm(id, standard)
        {
            Key = ObjectType.RsaKeyPair,
            PublicKey = ObjectType.RsaPublicKey,
            Providers = [OpenSslRsaCipher.Provider(scheme), BouncyCastleRsaCipher.Provider(scheme)],
        };
    }
}
