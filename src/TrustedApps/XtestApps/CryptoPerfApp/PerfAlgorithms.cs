using RestrictedTee.Contracts;
using RestrictedTee.Sdk;

namespace RestrictedTee.TrustedApps.XtestApps.CryptoPerfApp;

/// <summary>What the numbers of the contract are in the Internal Core API.</summary>
internal static class PerfAlgorithms
{
    internal sealed record CipherRow(TeeAlgorithm Algorithm, ObjectType KeyType, bool HasIv = true, bool HasTwoKeys = false);

    /// <param name="Algorithm">A digest, or a code with a key.</param>
    /// <param name="KeyType">Of the key, where it takes one.</param>
    /// <param name="MaxKeySize">Its largest size, in bits.</param>
    internal sealed record HashRow(TeeAlgorithm Algorithm, ObjectType? KeyType = null, int MaxKeySize = 0);

    private static readonly CipherRow[] Ciphers =
    [
        new(TeeAlgorithm.AesEcbNoPad, ObjectType.Aes, HasIv: false),
        new(TeeAlgorithm.AesCbcNoPad, ObjectType.Aes),
        new(TeeAlgorithm.AesCtr, ObjectType.Aes),
        new(TeeAlgorithm.AesXts, ObjectType.Aes, HasTwoKeys: true),
        new(TeeAlgorithm.AesGcm, ObjectType.Aes),
        new(TeeAlgorithm.Sm4EcbNoPad, ObjectType.Sm4, HasIv: false),
        new(TeeAlgorithm.Sm4CbcNoPad, ObjectType.Sm4),
        new(TeeAlgorithm.Sm4Ctr, ObjectType.Sm4),
        new(TeeAlgorithm.Sm4Xts, ObjectType.Sm4, HasTwoKeys: true),
    ];

    private static readonly HashRow[] Hashes =
    [
        new(TeeAlgorithm.Sha1),
        new(TeeAlgorithm.Sha224),
        new(TeeAlgorithm.Sha256),
        new(TeeAlgorithm.Sha384),
        new(TeeAlgorithm.Sha512),
        new(TeeAlgorithm.Sm3),
        new(TeeAlgorithm.HmacSha1, ObjectType.HmacSha1, 512),
        new(TeeAlgorithm.HmacSha224, ObjectType.HmacSha224, 512),
        new(TeeAlgorithm.HmacSha256, ObjectType.HmacSha256, 512),
        new(TeeAlgorithm.HmacSha384, ObjectType.HmacSha384, 1024),
        new(TeeAlgorithm.HmacSha512, ObjectType.HmacSha512, 1024),
        new(TeeAlgorithm.HmacSm3, ObjectType.HmacSm3, 512),
    ];

    /// <summary>From <see cref="CryptoPerf.RsaScheme.NoPad"/> on.</summary>
    private static readonly TeeAlgorithm[] RsaCiphers =
    [
        TeeAlgorithm.RsaNoPad, TeeAlgorithm.RsaesPkcs1,
        TeeAlgorithm.RsaesOaepSha1, TeeAlgorithm.RsaesOaepSha224, TeeAlgorithm.RsaesOaepSha256, TeeAlgorithm.RsaesOaepSha384, TeeAlgorithm.RsaesOaepSha512,
    ];

    /// <summary>From <see cref="CryptoPerf.RsaScheme.Pkcs1Sha1"/> on.</summary>
    private static readonly TeeAlgorithm[] RsaSignatures =
    [
        TeeAlgorithm.RsassaPkcs1Sha1, TeeAlgorithm.RsassaPkcs1Sha224, TeeAlgorithm.RsassaPkcs1Sha256, TeeAlgorithm.RsassaPkcs1Sha384, TeeAlgorithm.RsassaPkcs1Sha512,
        TeeAlgorithm.RsassaPssSha1, TeeAlgorithm.RsassaPssSha224, TeeAlgorithm.RsassaPssSha256, TeeAlgorithm.RsassaPssSha384, TeeAlgorithm.RsassaPssSha512,
    ];

    internal static CipherRow? Find(CryptoPerf.Cipher cipher) => Ciphers.ElementAtOrDefault((int)cipher);

    internal static HashRow? Find(CryptoPerf.Hash hash) => Hashes.ElementAtOrDefault((int)hash);

    /// <summary>What is done with a key pair; of ECDSA the curve says which it is (__OPTEE_ALG_ECDSA_P192 and so on upstream). Null: there is no such.</summary>
    internal static TeeAlgorithm? Find(CryptoPerf.Algorithm algorithm, CryptoPerf.Mode mode, int size, CryptoPerf.RsaScheme scheme)
    {
        bool isCipher = mode is CryptoPerf.Mode.Encrypt or CryptoPerf.Mode.Decrypt;
        bool isSignature = mode is CryptoPerf.Mode.Sign or CryptoPerf.Mode.Verify;
        return algorithm switch
        {
            CryptoPerf.Algorithm.Rsa when isCipher => At(RsaCiphers, (uint)scheme),
            CryptoPerf.Algorithm.Rsa when isSignature => At(RsaSignatures, unchecked((uint)scheme - (uint)CryptoPerf.RsaScheme.Pkcs1Sha1)),
            CryptoPerf.Algorithm.Ecdsa when isSignature => size switch
            {
                192 => TeeAlgorithm.EcdsaSha1,
                224 => TeeAlgorithm.EcdsaSha224,
                256 => TeeAlgorithm.EcdsaSha256,
                384 => TeeAlgorithm.EcdsaSha384,
                521 => TeeAlgorithm.EcdsaSha512,
                _ => null,
            },
            CryptoPerf.Algorithm.Sm2 when isCipher => TeeAlgorithm.Sm2Pke,
            CryptoPerf.Algorithm.Sm2 when isSignature => TeeAlgorithm.Sm2DsaSm3,
            _ => null,
        };
    }

    /// <summary>The key pair; of SM2 it depends on what it is for. Null: there is no such.</summary>
    internal static ObjectType? KeyTypeOf(CryptoPerf.Algorithm algorithm, CryptoPerf.Mode mode) => algorithm switch
    {
        CryptoPerf.Algorithm.Dh => ObjectType.DhKeyPair,
        CryptoPerf.Algorithm.Rsa => ObjectType.RsaKeyPair,
        CryptoPerf.Algorithm.Ecdsa => ObjectType.EcdsaKeyPair,
        CryptoPerf.Algorithm.Ecdh => ObjectType.EcdhKeyPair,
        CryptoPerf.Algorithm.X25519 => ObjectType.X25519KeyPair,
        CryptoPerf.Algorithm.Sm2 when mode is CryptoPerf.Mode.Encrypt or CryptoPerf.Mode.Decrypt => ObjectType.Sm2PkeKeyPair,
        CryptoPerf.Algorithm.Sm2 when mode is CryptoPerf.Mode.Sign or CryptoPerf.Mode.Verify => ObjectType.Sm2DsaKeyPair,
        _ => null,
    };

    /// <summary>The digest that a signature is of, which its number has in bits 12 to 15 (TEE_ALG_GET_DIGEST_HASH in utee_defines.h upstream).</summary>
    internal static TeeAlgorithm DigestOf(TeeAlgorithm signature) =>
        signature == TeeAlgorithm.Sm2DsaSm3 ? TeeAlgorithm.Sm3 : (TeeAlgorithm)(0x5000_0000 | (((uint)signature >> 12) & 0xF));

    private static TeeAlgorithm? At(TeeAlgorithm[] row, uint index) => index < (uint)row.Length ? row[index] : null;
}
