using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Interop;

namespace RestrictedTee.SecureWorld.Crypto.OpenSsl;

/// <summary>Keys as the library has them (EVP_PKEY).</summary>
internal static class OpenSslKey
{
    /// <summary>More than all the names of a key's parts.</summary>
    private const int RoomForNames = 1024;

    /// <summary>The curves by the library's names.</summary>
    internal static string NameOf(EccCurve curve) => curve switch
    {
        EccCurve.NistP192 => "P-192",
        EccCurve.NistP224 => "P-224",
        EccCurve.NistP256 => "P-256",
        EccCurve.NistP384 => "P-384",
        EccCurve.NistP521 => "P-521",
        _ => "",
    };

    /// <summary>A key; null when it is none.</summary>
    internal static EvpKeyHandle? Import(KeyMaterial key)
    {
        using var parts = new ParameterList((2 * key.Row.RoomOf(key.Row.MaxSize)) + RoomForNames);
        switch (key.Row.Type)
        {
            case ObjectType.RsaPublicKey or ObjectType.RsaKeyPair:
                return ImportRsa(key, parts);
            case ObjectType.DsaPublicKey or ObjectType.DsaKeyPair:
                return ImportDsa(key, parts);
            case ObjectType.DhKeyPair:
                return ImportDh(key, parts, key[AttributeId.DhPublicValue], isPair: true);
            case ObjectType.EcdsaPublicKey or ObjectType.EcdsaKeyPair or ObjectType.EcdhPublicKey or ObjectType.EcdhKeyPair:
                return ImportEc(key, parts);
            default:
                return ImportRaw(key, parts);
        }
    }

    /// <summary>A public key of Diffie-Hellman, of the group of another one.</summary>
    internal static EvpKeyHandle? ImportDhPeer(KeyMaterial group, ReadOnlySpan<byte> value)
    {
        using var parts = new ParameterList((2 * group.Row.RoomOf(group.Row.MaxSize)) + RoomForNames);
        return ImportDh(group, parts, value, isPair: false);
    }

    /// <summary>A point on a curve.</summary>
    internal static EvpKeyHandle? ImportPoint(EccCurve curve, ReadOnlySpan<byte> x, ReadOnlySpan<byte> y)
    {
        Span<byte> point = stackalloc byte[Curves.PointSizeOf(curve)];
        if (!Curves.TryWritePoint(curve, x, y, point))
            return null;
        using var parts = new ParameterList(RoomForNames);
        parts.Text("group", NameOf(curve)).Bytes("pub", point);
        return LibCrypto.Import("EC", parts, isPair: false);
    }

    /// <summary>The key of a newer curve, from its bytes.</summary>
    internal static EvpKeyHandle? ImportRaw(string type, ReadOnlySpan<byte> publicKey)
    {
        using var parts = new ParameterList(RoomForNames);
        parts.Bytes("pub", publicKey);
        return LibCrypto.Import(type, parts, isPair: false);
    }

    /// <summary>The pair of a newer curve, from the private half alone.</summary>
    internal static EvpKeyHandle? ImportRawPrivate(KeyMaterial key)
    {
        using var parts = new ParameterList(RoomForNames);
        foreach (AttributeRow attribute in key.Row.Attributes)
        {
            if (!AttributeReader.IsPublic(attribute.Id))
                parts.Bytes("priv", key[attribute.Id]);
        }

        return LibCrypto.Import(NameOf(key.Row.Type), parts, isPair: true);
    }

    /// <summary>The newer curves by the library's names.</summary>
    internal static string NameOf(ObjectType type) => type switch
    {
        ObjectType.Ed25519PublicKey or ObjectType.Ed25519KeyPair => "ED25519",
        ObjectType.Ed448PublicKey or ObjectType.Ed448KeyPair => "ED448",
        ObjectType.X25519PublicKey or ObjectType.X25519KeyPair => "X25519",
        ObjectType.X448PublicKey or ObjectType.X448KeyPair => "X448",
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "The type is of no newer curve."),
    };

    private static EvpKeyHandle? ImportRsa(KeyMaterial key, ParameterList parts)
    {
        ReadOnlySpan<byte> exponent = key[AttributeId.RsaPrivateExponent];
        parts.Number("n", key[AttributeId.RsaModulus]).Number("e", key[AttributeId.RsaPublicExponent]);
        if (exponent.IsEmpty)
            return LibCrypto.Import("RSA", parts, isPair: false);
        parts.Number("d", exponent);
        if (key.Has(AttributeId.RsaPrime1))
        {
            parts.Number("rsa-factor1", key[AttributeId.RsaPrime1]).Number("rsa-factor2", key[AttributeId.RsaPrime2])
                .Number("rsa-exponent1", key[AttributeId.RsaExponent1]).Number("rsa-exponent2", key[AttributeId.RsaExponent2])
                .Number("rsa-coefficient1", key[AttributeId.RsaCoefficient]);
        }

        return LibCrypto.Import("RSA", parts, isPair: true);
    }

    private static EvpKeyHandle? ImportDsa(KeyMaterial key, ParameterList parts)
    {
        parts.Number("p", key[AttributeId.DsaPrime]).Number("q", key[AttributeId.DsaSubprime]).Number("g", key[AttributeId.DsaBase])
            .Number("pub", key[AttributeId.DsaPublicValue]);
        bool isPair = key.Has(AttributeId.DsaPrivateValue);
        if (isPair)
            parts.Number("priv", key[AttributeId.DsaPrivateValue]);
        return LibCrypto.Import("DSA", parts, isPair);
    }

    private static EvpKeyHandle? ImportDh(KeyMaterial group, ParameterList parts, ReadOnlySpan<byte> value, bool isPair)
    {
        parts.Number("p", group[AttributeId.DhPrime]).Number("g", group[AttributeId.DhBase]).Number("pub", value);
        if (group.Has(AttributeId.DhSubprime))
            parts.Number("q", group[AttributeId.DhSubprime]);
        if (isPair)
            parts.Number("priv", group[AttributeId.DhPrivateValue]);
        return LibCrypto.Import("DH", parts, isPair);
    }

    private static EvpKeyHandle? ImportEc(KeyMaterial key, ParameterList parts)
    {
        EccCurve curve = Curves.Of(key);
        Span<byte> point = stackalloc byte[Curves.PointSizeOf(curve)];
        if (!Curves.TryWritePoint(curve, key[AttributeId.EccPublicValueX], key[AttributeId.EccPublicValueY], point))
            return null;
        parts.Text("group", NameOf(curve)).Bytes("pub", point);
        bool isPair = key.Has(AttributeId.EccPrivateValue);
        if (isPair)
            parts.Number("priv", key[AttributeId.EccPrivateValue]);
        return LibCrypto.Import("EC", parts, isPair);
    }

    private static EvpKeyHandle? ImportRaw(KeyMaterial key, ParameterList parts)
    {
        foreach (AttributeRow attribute in key.Row.Attributes)
        {
            if (key.Has(attribute.Id))
                parts.Bytes(AttributeReader.IsPublic(attribute.Id) ? "pub" : "priv", key[attribute.Id]);
        }

        return LibCrypto.Import(NameOf(key.Row.Type), parts, isPair: key.Row.Attributes.Count > 1);
    }
}
