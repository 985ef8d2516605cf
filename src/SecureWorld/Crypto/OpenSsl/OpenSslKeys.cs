using System.Numerics;
using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Crypto.Schemes;
using RestrictedTee.SecureWorld.Interop;

namespace RestrictedTee.SecureWorld.Crypto.OpenSsl;

/// <summary>Key generation and checks of the system's libcrypto (3.0 and later).</summary>
internal static class OpenSslKeys
{
    /// <summary>The smallest modulus that the library makes, in bits (RSA_FIPS1864_MIN_KEYGEN_KEYSIZE is not asked for).</summary>
    private const int MinModulus = 512;

    /// <summary>The smallest prime of DSA in whose group the library makes keys, in bits (ffc_validate_LN in crypto/ffc).</summary>
    private const int MinDsaPrime = 1024;

    internal static KeyProvider Rsa { get; } = new("OpenSSL", bits => LibCrypto.HasParameters && bits >= MinModulus, GenerateRsa, IsRsa);

    internal static KeyProvider Dsa { get; } = new("OpenSSL", bits => LibCrypto.HasParameters && bits >= MinDsaPrime, GenerateDsa, key => OpenSslNumbers.Rules.IsDsa(key) && IsKey(key));

    internal static KeyProvider Dh { get; } = new("OpenSSL", bits => LibCrypto.HasParameters && bits >= MinModulus, GenerateDh, key => OpenSslNumbers.Rules.IsDh(key) && IsKey(key));

    internal static KeyProvider Ec { get; } = new("OpenSSL", _ => LibCrypto.HasParameters, GenerateEc, IsEc);

    /// <param name="isPoint">Who says whether a public key is a point; the library finds that out with the first signature only.</param>
    internal static KeyProvider Raw(KeyCheck isPoint) => new("OpenSSL", _ => LibCrypto.HasParameters, GenerateRaw, key => IsRaw(key) && isPoint(key));

    private static bool IsKey(KeyMaterial key)
    {
        using EvpKeyHandle? imported = OpenSslKey.Import(key);
        return imported is not null;
    }

    private static bool IsEc(KeyMaterial key)
    {
        using EvpKeyHandle? imported = OpenSslKey.Import(key);
        return imported is not null && (!key.Has(AttributeId.EccPrivateValue) || LibCrypto.IsPrivateKey(imported, PairRules.HasOwnPublic(key.Row.Type)));
    }

    /// <summary>A public half that is not the private one's makes signatures that tell the key (RFC 8032 section 8.1 takes it from the secret).</summary>
    private static bool IsRaw(KeyMaterial key)
    {
        if (key.Row.PublicType is null)
            return IsKey(key);
        Span<byte> point = stackalloc byte[64];
        using EvpKeyHandle? imported = OpenSslKey.ImportRawPrivate(key);
        int size = imported is null ? -1 : LibCrypto.GetBytes(imported, "pub", point);
        foreach (AttributeRow attribute in key.Row.Attributes)
        {
            if (AttributeReader.IsPublic(attribute.Id))
                return size >= 0 && key[attribute.Id].SequenceEqual(point[..size]);
        }

        return false;
    }

    private static bool IsRsa(KeyMaterial key) =>
        RsaRules.IsKey(key) && IsKey(key) && (!key.Has(AttributeId.RsaPrivateExponent) || OpenSslNumbers.Rules.IsRsaPair(key));

    private static TeeResult GenerateRsa(KeyMaterial key, int bits)
    {
        ReadOnlySpan<byte> exponent = key.Has(AttributeId.RsaPublicExponent) ? key[AttributeId.RsaPublicExponent] : RsaRules.DefaultExponent;
        if (!RsaRules.MayGenerateWith(exponent))
            return TeeResult.BadParameters;
        using var parameters = new ParameterList(1024);
        using EvpKeyContextHandle context = EvpKeyContextHandle.Named("RSA");
        parameters.Number("bits", (uint)bits).Number("e", exponent);
        using EvpKeyHandle? made = LibCrypto.Generate(context, parameters);
        return made is not null
            && Take(key, AttributeId.RsaModulus, made, "n") && Take(key, AttributeId.RsaPublicExponent, made, "e") && Take(key, AttributeId.RsaPrivateExponent, made, "d")
            && Take(key, AttributeId.RsaPrime1, made, "rsa-factor1") && Take(key, AttributeId.RsaPrime2, made, "rsa-factor2")
            && Take(key, AttributeId.RsaExponent1, made, "rsa-exponent1") && Take(key, AttributeId.RsaExponent2, made, "rsa-exponent2")
            && Take(key, AttributeId.RsaCoefficient, made, "rsa-coefficient1")
            ? TeeResult.Success
            : TeeResult.BadParameters;
    }

    private static TeeResult GenerateDsa(KeyMaterial key, int bits)
    {
        using var group = new ParameterList(4096);
        group.Number("p", key[AttributeId.DsaPrime]).Number("q", key[AttributeId.DsaSubprime]).Number("g", key[AttributeId.DsaBase]);
        using EvpKeyHandle? made = GenerateOf("DSA", group, new ParameterList(64));
        return made is not null && Take(key, AttributeId.DsaPublicValue, made, "pub") && Take(key, AttributeId.DsaPrivateValue, made, "priv")
            ? TeeResult.Success
            : TeeResult.BadParameters;
    }

    /// <summary>
    /// The order of the subgroup only bounds the private number: the library, told of it, takes no groups but those of FIPS 186-4.
    /// </summary>
    private static TeeResult GenerateDh(KeyMaterial key, int bits)
    {
        using var group = new ParameterList(4096);
        group.Number("p", key[AttributeId.DhPrime]).Number("g", key[AttributeId.DhBase]);
        uint privateBits = key.Value(AttributeId.DhXBits);
        if (privateBits > bits)
            return TeeResult.BadParameters;
        uint length = privateBits;
        if (key.Has(AttributeId.DhSubprime) && BitsOf(key[AttributeId.DhSubprime]) is > 1 and var order && (length == 0 || length >= order))
            length = order - 1;
        var parameters = new ParameterList(64);
        if (length != 0)
            parameters.Number("priv_len", length);
        using EvpKeyHandle? made = GenerateOf("DH", group, parameters);
        if (made is null || !Take(key, AttributeId.DhPublicValue, made, "pub") || !Take(key, AttributeId.DhPrivateValue, made, "priv"))
            return TeeResult.BadParameters;
        key.Set(AttributeId.DhXBits, privateBits);
        return TeeResult.Success;
    }

    /// <summary>Bits of a number, big-endian.</summary>
    private static uint BitsOf(ReadOnlySpan<byte> number)
    {
        number = number.TrimStart((byte)0);
        return number.IsEmpty ? 0 : (uint)((number.Length * 8) - (BitOperations.LeadingZeroCount(number[0]) - 24));
    }

    private static TeeResult GenerateEc(KeyMaterial key, int bits)
    {
        EccCurve curve = Curves.Of(key);
        if (Curves.BitsOf(curve) != bits)
            return TeeResult.BadParameters;
        using var parameters = new ParameterList(256);
        using EvpKeyContextHandle context = EvpKeyContextHandle.Named("EC");
        parameters.Text("group", OpenSslKey.NameOf(curve));
        using EvpKeyHandle? made = LibCrypto.Generate(context, parameters);
        return made is not null && Take(key, AttributeId.EccPublicValueX, made, "qx") && Take(key, AttributeId.EccPublicValueY, made, "qy")
            && Take(key, AttributeId.EccPrivateValue, made, "priv")
            ? TeeResult.Success
            : TeeResult.BadParameters;
    }

    private static TeeResult GenerateRaw(KeyMaterial key, int bits)
    {
        using var parameters = new ParameterList(64);
        using EvpKeyContextHandle context = EvpKeyContextHandle.Named(OpenSslKey.NameOf(key.Row.Type));
        using EvpKeyHandle? made = LibCrypto.Generate(context, parameters);
        if (made is null)
            return TeeResult.BadParameters;
        Span<byte> part = stackalloc byte[64];
        foreach (AttributeRow attribute in key.Row.Attributes)
        {
            int size = LibCrypto.GetBytes(made, AttributeReader.IsPublic(attribute.Id) ? "pub" : "priv", part);
            if (size < 0 || !key.Set(attribute.Id, part[..size]))
                return TeeResult.BadParameters;
        }

        part.Clear();
        return TeeResult.Success;
    }

    private static EvpKeyHandle? GenerateOf(string type, ParameterList group, ParameterList parameters)
    {
        using EvpKeyHandle? imported = LibCrypto.Import(type, group, isPair: false, isParameters: true);
        if (imported is null)
            return null;
        using EvpKeyContextHandle context = EvpKeyContextHandle.For(imported);
        using (parameters)
            return LibCrypto.Generate(context, parameters);
    }

    private static bool Take(KeyMaterial key, AttributeId attribute, EvpKeyHandle made, string name)
    {
        Span<byte> number = stackalloc byte[512];
        int size = LibCrypto.GetNumber(made, name, number);
        bool isTaken = size >= 0 && key.Set(attribute, number[..size]);
        number.Clear();
        return isTaken;
    }
}
