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
        new(ObjectType.HmacMd5, MinSize: 64, MaxSize: 512, Step: 8),
        new(ObjectType.HmacSha1, MinSize: 80, MaxSize: 512, Step: 8),
        new(ObjectType.HmacSha224, MinSize: 112, MaxSize: 512, Step: 8),
        new(ObjectType.HmacSha256, MinSize: 192, MaxSize: 1024, Step: 8),
        new(ObjectType.HmacSha384, MinSize: 256, MaxSize: 1024, Step: 8),
        new(ObjectType.HmacSha512, MinSize: 256, MaxSize: 1024, Step: 8),
        new(ObjectType.HmacSm3, MinSize: 80, MaxSize: 1024, Step: 8),
        new(ObjectType.HmacSha3Of224, MinSize: 192, MaxSize: 1024, Step: 8),
        new(ObjectType.HmacSha3Of256, MinSize: 256, MaxSize: 1024, Step: 8),
        new(ObjectType.HmacSha3Of384, MinSize: 256, MaxSize: 1024, Step: 8),
        new(ObjectType.HmacSha3Of512, MinSize: 256, MaxSize: 1024, Step: 8),
    ];

    /// <summary>The row of a type, or null when the TEE does not have it.</summary>
    internal static ObjectTypeRow? Find(ObjectType type) => Rows.FirstOrDefault(row => row.Type == type);
}
