using RestrictedTee.Sdk;

namespace RestrictedTee.SecureWorld.Crypto.Algorithms;

/// <summary>One type of object that is a secret value, and the sizes that it has, in bits (tee_cryp_obj_props in core/tee/tee_svc_cryp.c).</summary>
/// <param name="Type">The type.</param>
/// <param name="MinSize">The smallest.</param>
/// <param name="MaxSize">The largest.</param>
/// <param name="Step">What all sizes are a multiple of.</param>
internal sealed record ObjectTypeRow(ObjectType Type, int MinSize, int MaxSize, int Step)
{
    internal bool HasSize(int bits) => bits >= MinSize && bits <= MaxSize && bits % Step == 0;
}

/// <summary>What objects there are.</summary>
internal static class ObjectTypeTable
{
    internal static IReadOnlyList<ObjectTypeRow> Rows { get; } =
    [
        new(ObjectType.Aes, MinSize: 128, MaxSize: 256, Step: 64),
    ];

    /// <summary>The row of a type, or null when the TEE does not have it.</summary>
    internal static ObjectTypeRow? Find(ObjectType type) => Rows.FirstOrDefault(row => row.Type == type);
}
