using RestrictedTee.Sdk;

namespace RestrictedTee.SecureWorld.Crypto.Algorithms;

/// <summary>What keys are made of (tee_cryp_obj_*_attrs in core/tee/tee_svc_cryp.c).</summary>
internal static class KeyAttributes
{
    private const AttributeUse Required = AttributeUse.Required;
    private const AttributeUse Size = AttributeUse.Required | AttributeUse.GivesSize;
    private const AttributeUse Group = AttributeUse.Required | AttributeUse.MustGenerate;

    internal static IReadOnlyList<AttributeRow> RsaPublic { get; } =
        [Number(AttributeId.RsaModulus, Size), Number(AttributeId.RsaPublicExponent, Required)];

    internal static IReadOnlyList<AttributeRow> RsaPair { get; } =
    [
        Number(AttributeId.RsaModulus, Size),
        Number(AttributeId.RsaPublicExponent, Required | AttributeUse.MayGenerate),
        Number(AttributeId.RsaPrivateExponent, Required),
        Number(AttributeId.RsaPrime1, AttributeUse.Together),
        Number(AttributeId.RsaPrime2, AttributeUse.Together),
        Number(AttributeId.RsaExponent1, AttributeUse.Together),
        Number(AttributeId.RsaExponent2, AttributeUse.Together),
        Number(AttributeId.RsaCoefficient, AttributeUse.Together),
    ];

    internal static IReadOnlyList<AttributeRow> DsaPublic { get; } =
    [
        Number(AttributeId.DsaPrime, Size),
        Number(AttributeId.DsaSubprime, Required),
        Number(AttributeId.DsaBase, Required),
        Number(AttributeId.DsaPublicValue, Required),
    ];

    internal static IReadOnlyList<AttributeRow> DsaPair { get; } =
    [
        Number(AttributeId.DsaPrime, Size | AttributeUse.MustGenerate),
        Number(AttributeId.DsaSubprime, Group),
        Number(AttributeId.DsaBase, Group),
        Number(AttributeId.DsaPrivateValue, Required),
        Number(AttributeId.DsaPublicValue, Required),
    ];

    internal static IReadOnlyList<AttributeRow> DhPair { get; } =
    [
        Number(AttributeId.DhPrime, Size | AttributeUse.MustGenerate),
        Number(AttributeId.DhBase, Group),
        Number(AttributeId.DhPublicValue, Required),
        Number(AttributeId.DhPrivateValue, Required),
        Number(AttributeId.DhSubprime, AttributeUse.Together | AttributeUse.MayGenerate),
        new(AttributeId.DhXBits, AttributeKind.Value, AttributeUse.MayGenerate),
    ];

    internal static IReadOnlyList<AttributeRow> EcPublic { get; } = [.. Point, new(AttributeId.EccCurve, AttributeKind.Value, Size)];

    internal static IReadOnlyList<AttributeRow> EcPair { get; } =
        [Number(AttributeId.EccPrivateValue, Required), .. Point, new(AttributeId.EccCurve, AttributeKind.Value, Size | AttributeUse.MustGenerate)];

    internal static IReadOnlyList<AttributeRow> Sm2Public => Point;

    internal static IReadOnlyList<AttributeRow> Sm2Pair { get; } = [Number(AttributeId.EccPrivateValue, Required), .. Point];

    private static IReadOnlyList<AttributeRow> Point => [Number(AttributeId.EccPublicValueX, Required), Number(AttributeId.EccPublicValueY, Required)];

    internal static IReadOnlyList<AttributeRow> Secret(AttributeId id) => [new(id, AttributeKind.Secret, Size)];

    /// <summary>Keys that are bytes, as many as the type says.</summary>
    internal static IReadOnlyList<AttributeRow> Raw(params ReadOnlySpan<AttributeId> ids)
    {
        var rows = new List<AttributeRow>();
        foreach (AttributeId id in ids)
            rows.Add(new AttributeRow(id, AttributeKind.Fixed, Required));
        return rows;
    }

    private static AttributeRow Number(AttributeId id, AttributeUse use) => new(id, AttributeKind.Number, use);
}
