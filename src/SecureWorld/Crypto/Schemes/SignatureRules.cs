using RestrictedTee.Sdk;

namespace RestrictedTee.SecureWorld.Crypto.Schemes;

/// <summary>What is signed by DSA and its kin, whatever library computes it.</summary>
/// <param name="HashSize">Bytes of the digest.</param>
internal sealed record DigestRule(int HashSize)
{
    private const int LargestHash = 64;

    /// <summary>
    /// A digest is of the algorithm's size; of DSA it may be cut to the subgroup's, and of ECDSA it may be any other (upstream, syscall_asymm_verify;
    /// its suite has SHA-1 signed on every curve).
    /// </summary>
    internal bool Allows(int size, int subgroupSize) =>
        size == HashSize || (subgroupSize == 0 ? size is > 0 and <= LargestHash : size == subgroupSize && size < HashSize);

    /// <summary>Bytes of one of the two numbers of a signature by a key.</summary>
    internal static int NumberSizeOf(KeyMaterial key) =>
        key.Row.Type is ObjectType.DsaPublicKey or ObjectType.DsaKeyPair ? key[AttributeId.DsaSubprime].Length : Curves.BytesOf(Curves.Of(key));

    /// <summary>Bytes of the subgroup's order, of DSA only.</summary>
    internal static int SubgroupSizeOf(KeyMaterial key) =>
        key.Row.Type is ObjectType.DsaPublicKey or ObjectType.DsaKeyPair ? key[AttributeId.DsaSubprime].Length : 0;
}
