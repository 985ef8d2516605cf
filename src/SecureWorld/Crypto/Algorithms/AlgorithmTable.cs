using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Crypto.Ciphers;
using RestrictedTee.SecureWorld.Crypto.Digests;
using RestrictedTee.SecureWorld.Crypto.Macs;

namespace RestrictedTee.SecureWorld.Crypto.Algorithms;

/// <summary>What the TEE can compute. An algorithm is a file with its row, and a line here.</summary>
internal static class AlgorithmTable
{
    internal static IReadOnlyList<Algorithm> Rows { get; } =
    [
        AesEcb.Row,
        AesCbc.Row,
        AesCtr.Row,
        AesGcm.Row,
        AesCmac.Row,
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
    ];

    private static readonly Dictionary<TeeAlgorithm, Algorithm> ById = Rows.ToDictionary(row => row.Id);

    /// <summary>The row of an algorithm, or null when the TEE does not have it.</summary>
    internal static Algorithm? Find(TeeAlgorithm id) => ById.GetValueOrDefault(id);
}
