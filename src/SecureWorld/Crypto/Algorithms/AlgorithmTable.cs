using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Crypto.AsymmetricCiphers;
using RestrictedTee.SecureWorld.Crypto.Ciphers;
using RestrictedTee.SecureWorld.Crypto.Derivations;
using RestrictedTee.SecureWorld.Crypto.Digests;
using RestrictedTee.SecureWorld.Crypto.Macs;
using RestrictedTee.SecureWorld.Crypto.Signatures;

namespace RestrictedTee.SecureWorld.Crypto.Algorithms;

/// <summary>What the TEE can compute. An algorithm is a file with its row, and a line here.</summary>
internal static class AlgorithmTable
{
    internal static IReadOnlyList<Algorithm> Rows { get; } =
    [
        AesEcb.Row,
        AesCbc.Row,
        AesCtr.Row,
        AesCts.Row,
        AesXts.Row,
        DesEcb.Row,
        DesCbc.Row,
        Des3Ecb.Row,
        Des3Cbc.Row,
        Sm4Ecb.Row,
        Sm4Cbc.Row,
        Sm4Ctr.Row,
        Sm4Xts.Row,
        AesCcm.Row,
        AesGcm.Row,
        AesCbcMacNoPad.Row,
        AesCbcMacPkcs5.Row,
        AesCmac.Row,
        DesCbcMacNoPad.Row,
        DesCbcMacPkcs5.Row,
        Des3CbcMacNoPad.Row,
        Des3CbcMacPkcs5.Row,
        Des3Cmac.Row,
        HmacMd5.Row,
        HmacSha1.Row,
        HmacSha224.Row,
        HmacSha256.Row,
        HmacSha384.Row,
        HmacSha512.Row,
        HmacSm3.Row,
        HmacSha3Of224.Row,
        HmacSha3Of256.Row,
        HmacSha3Of384.Row,
        HmacSha3Of512.Row,
        Md5.Row,
        Sha1.Row,
        Sha224.Row,
        Sha256.Row,
        Sha384.Row,
        Sha512.Row,
        Sm3.Row,
        Sha3Of224.Row,
        Sha3Of256.Row,
        Sha3Of384.Row,
        Sha3Of512.Row,
        Shake128.Row,
        Shake256.Row,
        .. RsaEncryptions.Rows,
        Sm2Pke.Row,
        .. RsassaPkcs1.Rows,
        .. RsassaPss.Rows,
        .. Dsa.Rows,
        .. Ecdsa.Rows,
        Ed25519.Row,
        Ed448.Row,
        Sm2Dsa.Row,
        Dh.Row,
        Ecdh.Row,
        X25519.Row,
        X448.Row,
        Sm2Kep.Row,
        .. Hkdf.Rows,
        .. ConcatKdf.Rows,
        .. Pbkdf2.Rows,
    ];

    private static readonly Dictionary<TeeAlgorithm, Algorithm> ById = Rows.ToDictionary(row => row.Id);

    /// <summary>The row of an algorithm, or null when the TEE does not have it.</summary>
    internal static Algorithm? Find(TeeAlgorithm id) => ById.GetValueOrDefault(AlgorithmNumber.Current(id));
}
