using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Crypto;

namespace RestrictedTee.SecureWorld.Kernel.Objects;

/// <summary>Which attributes an object takes, and of what sizes (tee_svc_cryp_check_attr and tee_svc_cryp_obj_populate_type upstream).</summary>
internal static class AttributeRules
{
    /// <summary>Whether they are those of the type, each at most once, and all that must be.</summary>
    /// <param name="row">The type.</param>
    /// <param name="attributes">What is given.</param>
    /// <param name="must">The use of those that must be.</param>
    /// <param name="may">The use of those that may be.</param>
    /// <returns>ItemNotFound when not; BadParameters for what is no list of attributes at all.</returns>
    internal static TeeResult Check(ObjectTypeRow row, ReadOnlySpan<byte> attributes, AttributeUse must, AttributeUse may)
    {
        if (!AttributeReader.IsWhole(attributes))
            return TeeResult.BadParameters;
        uint given = 0, required = 0, optional = 0;
        for (int i = 0; i < row.Attributes.Count; i++)
        {
            AttributeUse use = row.Attributes[i].Use;
            required |= (use & must) != 0 ? 1u << i : 0;
            optional |= (use & must) == 0 && (use & may) != 0 ? 1u << i : 0;
        }

        var reader = new AttributeReader(attributes);
        while (reader.Read())
        {
            int index = row.IndexOf(reader.Id);
            if (index < 0 || (given & 1u << index) != 0 || ((required | optional) & 1u << index) == 0)
                return TeeResult.ItemNotFound;
            given |= 1u << index;
        }

        bool isWhole = (given & required) == required;
        bool isAllOrNone = may != AttributeUse.Together || (given & optional) == 0 || (given & optional) == optional;
        return isWhole && isAllOrNone ? TeeResult.Success : TeeResult.ItemNotFound;
    }

    /// <summary>Takes them over.</summary>
    /// <param name="key">The object, which is empty.</param>
    /// <param name="attributes">What is given, and was checked.</param>
    /// <param name="maxSize">The object's largest size, in bits.</param>
    /// <param name="size">The size that they give it, in bits.</param>
    /// <returns>BadState when there is no room for one; BadParameters when the size is none that the type has.</returns>
    internal static TeeResult Fill(KeyMaterial key, ReadOnlySpan<byte> attributes, int maxSize, out int size)
    {
        ObjectTypeRow row = key.Row;
        size = row.MinSize == row.MaxSize && !row.IsSecret ? row.MaxSize : 0;
        var reader = new AttributeReader(attributes);
        while (reader.Read())
        {
            AttributeRow attribute = row.Attributes[row.IndexOf(reader.Id)];
            if ((attribute.Use & AttributeUse.GivesSize) != 0)
            {
                size = SizeOf(row, reader, maxSize);
                if (size > maxSize)
                    return TeeResult.BadState;
                if (!row.HasSize(size))
                    return TeeResult.BadParameters;
            }

            if (attribute.Kind == AttributeKind.Fixed && reader.Content.Length != row.BytesOf(row.MaxSize))
                return TeeResult.BadParameters;
            if (!key.Set(reader.Id, reader.Content))
                return TeeResult.BadState;
        }

        return TeeResult.Success;
    }

    private static int SizeOf(ObjectTypeRow row, AttributeReader attribute, int maxSize)
    {
        if (attribute.Id == AttributeId.EccCurve)
            return Curves.BitsOf((EccCurve)attribute.A);
        if (attribute.Content.Length > ushort.MaxValue)
            return int.MaxValue;
        return attribute.Content.Length * (row.IsWithoutParity(maxSize) ? 7 : 8);
    }
}
