using RestrictedTee.Sdk;

namespace RestrictedTee.SecureWorld.Crypto.Algorithms;

/// <summary>What the TEE can compute. An algorithm is a file with its row, and a line here.</summary>
internal static class AlgorithmTable
{
    internal static IReadOnlyList<Algorithm> Rows { get; } =
    [
        AesEcb.Row,
        AesCbc.Row,
        AesCtr.Row,
        Sha1.Row,
        Sha224.Row,
        Sha256.Row,
        Sha384.Row,
        Sha512.Row,
    ];

    private static readonly Dictionary<TeeAlgorithm, Algorithm> s_byId = Rows.ToDictionary(row => row.Id);

    /// <summary>The row of an algorithm, or null when the TEE does not have it.</summary>
    internal static Algorithm? Find(TeeAlgorithm id) => s_byId.GetValueOrDefault(id);
}
