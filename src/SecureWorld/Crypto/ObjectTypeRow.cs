using RestrictedTee.Sdk;

namespace RestrictedTee.SecureWorld.Crypto;

/// <summary>What an attribute of an object is.</summary>
internal enum AttributeKind
{
    /// <summary>Bytes, any number up to the object's size.</summary>
    Secret,

    /// <summary>A number, big-endian, that is kept without leading zeroes.</summary>
    Number,

    /// <summary>Bytes, as many as the object has.</summary>
    Fixed,

    /// <summary>Two numbers of 32 bits.</summary>
    Value,
}

/// <summary>When an attribute is given (TEE_TYPE_ATTR_* in core/tee/tee_svc_cryp.c).</summary>
[Flags]
internal enum AttributeUse
{
    None = 0,

    /// <summary>To populate.</summary>
    Required = 1,

    /// <summary>To populate, with all others of which that is said, or with none of them.</summary>
    Together = 2,

    /// <summary>To populate; its size is the object's.</summary>
    GivesSize = 4,

    /// <summary>To generate, if one likes.</summary>
    MayGenerate = 8,

    /// <summary>To generate.</summary>
    MustGenerate = 16,
}

/// <summary>One attribute of a type of object.</summary>
internal readonly record struct AttributeRow(AttributeId Id, AttributeKind Kind, AttributeUse Use);

/// <summary>One type of object, and the sizes that it has, in bits (tee_cryp_obj_props in core/tee/tee_svc_cryp.c).</summary>
/// <param name="Type">The type.</param>
/// <param name="MinSize">The smallest.</param>
/// <param name="MaxSize">The largest.</param>
/// <param name="Step">What all sizes are a multiple of.</param>
/// <param name="Attributes">What it is made of.</param>
internal sealed record ObjectTypeRow(ObjectType Type, int MinSize, int MaxSize, int Step, IReadOnlyList<AttributeRow> Attributes)
{
    private const int ValueSize = 8;

    /// <summary>The libraries that make such keys, the preferred first; none where a key is random bytes.</summary>
    internal IReadOnlyList<KeyProvider> Providers { get; init; } = [];

    /// <summary>The public half that a key of this type has in it; None where it has none.</summary>
    internal ObjectType? PublicType { get; init; }

    /// <summary>Whether one bit of each byte is parity; a size that does not count them is one too (GP's version 1.0 counted so).</summary>
    internal bool HasParity { get; init; }

    /// <summary>Whether a derived secret is kept in it, which may have all the room of the type whatever size was asked for (alloc_size upstream).</summary>
    internal bool IsForDerived => Type == ObjectType.GenericSecret;

    internal bool IsSecret => Attributes is [{ Kind: AttributeKind.Secret }];

    internal bool HasSize(int bits)
    {
        if (IsWithoutParity(bits))
            bits += bits / 7;
        return bits >= MinSize && bits <= MaxSize && bits % Step == 0;
    }

    /// <summary>Bytes of a secret of so many bits.</summary>
    internal int BytesOf(int bits) => IsWithoutParity(bits) ? bits / 7 : (bits + 7) / 8;

    /// <summary>Whether a size is one that does not count parity.</summary>
    internal bool IsWithoutParity(int bits) => HasParity && bits is 56 or 112 or 168;

    /// <summary>Room for an attribute in an object of so many bits, in bytes.</summary>
    internal int RoomOf(int index, int maxSize) => Attributes[index].Kind == AttributeKind.Value ? ValueSize : BytesOf(IsForDerived ? MaxSize : maxSize);

    /// <summary>Room for all of them.</summary>
    internal int RoomOf(int maxSize)
    {
        int room = 0;
        for (int i = 0; i < Attributes.Count; i++)
            room += RoomOf(i, maxSize);
        return room;
    }

    internal int IndexOf(AttributeId id)
    {
        for (int i = 0; i < Attributes.Count; i++)
        {
            if (Attributes[i].Id == id)
                return i;
        }

        return -1;
    }
}
