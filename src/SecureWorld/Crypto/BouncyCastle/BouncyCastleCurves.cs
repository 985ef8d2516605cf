using Org.BouncyCastle.Asn1.X9;
using Org.BouncyCastle.Crypto.EC;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Math;
using RestrictedTee.Sdk;

namespace RestrictedTee.SecureWorld.Crypto.BouncyCastle;

/// <summary>Keys on curves as the library has them.</summary>
internal static class BouncyCastleCurves
{
    /// <summary>The curve of a key.</summary>
    internal static ECDomainParameters Of(EccCurve curve)
    {
        string name = curve switch
        {
            EccCurve.NistP192 => "secp192r1",
            EccCurve.NistP224 => "secp224r1",
            EccCurve.NistP256 => "secp256r1",
            EccCurve.NistP384 => "secp384r1",
            EccCurve.NistP521 => "secp521r1",
            _ => "sm2p256v1",
        };
        X9ECParameters parameters = CustomNamedCurves.GetByName(name) ?? Org.BouncyCastle.Asn1.X9.ECNamedCurveTable.GetByName(name);
        return new ECDomainParameters(parameters);
    }

    /// <summary>A point on a curve; null when it is none.</summary>
    internal static ECPublicKeyParameters? TryImportPoint(EccCurve curve, ReadOnlySpan<byte> x, ReadOnlySpan<byte> y)
    {
        byte[] point = new byte[Curves.PointSizeOf(curve)];
        if (!Curves.TryWritePoint(curve, x, y, point))
            return null;
        ECDomainParameters domain = Of(curve);
        try
        {
            return new ECPublicKeyParameters(domain.Curve.DecodePoint(point), domain);
        }
        catch (ArgumentException)
        {
            return null; // the library's word for a point that is not on the curve
        }
    }

    /// <summary>The public half of a key; null when it is none.</summary>
    internal static ECPublicKeyParameters? TryImportPublic(KeyMaterial key) =>
        TryImportPoint(Curves.Of(key), key[AttributeId.EccPublicValueX], key[AttributeId.EccPublicValueY]);

    /// <summary>The private half of a key; null when it is none.</summary>
    internal static ECPrivateKeyParameters? TryImportPrivate(KeyMaterial key)
    {
        ECDomainParameters domain = Of(Curves.Of(key));
        var number = new BigInteger(1, key[AttributeId.EccPrivateValue]);
        return number.SignValue > 0 && number.CompareTo(domain.N) < 0 ? new ECPrivateKeyParameters(number, domain) : null;
    }
}
