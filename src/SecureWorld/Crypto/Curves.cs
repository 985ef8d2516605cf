using RestrictedTee.Sdk;

namespace RestrictedTee.SecureWorld.Crypto;

/// <summary>Curves that are named by an attribute of a key.</summary>
internal static class Curves
{
    /// <summary>P-192 to P-521.</summary>
    internal static IReadOnlyList<EccCurve> Nist { get; } = [EccCurve.NistP192, EccCurve.NistP224, EccCurve.NistP256, EccCurve.NistP384, EccCurve.NistP521];

    /// <summary>The size of a key on it, in bits; 0 for one that there is none of.</summary>
    internal static int BitsOf(EccCurve curve) => curve switch
    {
        EccCurve.NistP192 => 192,
        EccCurve.NistP224 => 224,
        EccCurve.NistP256 => 256,
        EccCurve.NistP384 => 384,
        EccCurve.NistP521 => 521,
        _ => 0,
    };

    /// <summary>The curve of a key; SM2's where its type has one only.</summary>
    internal static EccCurve Of(KeyMaterial key) => key.Has(AttributeId.EccCurve) ? (EccCurve)key.Value(AttributeId.EccCurve) : EccCurve.Sm2;

    /// <summary>Bytes of a coordinate.</summary>
    internal static int BytesOf(EccCurve curve) => curve == EccCurve.Sm2 ? 32 : (BitsOf(curve) + 7) / 8;

    /// <summary>The uncompressed form of a point: 4, x, y (SEC 1 section 2.3.3). False where a coordinate is too long.</summary>
    internal static bool TryWritePoint(EccCurve curve, ReadOnlySpan<byte> x, ReadOnlySpan<byte> y, Span<byte> point)
    {
        int size = BytesOf(curve);
        x = x.TrimStart((byte)0);
        y = y.TrimStart((byte)0);
        if (size == 0 || x.Length > size || y.Length > size)
            return false;
        point.Clear();
        point[0] = 4;
        x.CopyTo(point[(1 + size - x.Length)..]);
        y.CopyTo(point[(1 + (2 * size) - y.Length)..]);
        return true;
    }

    /// <summary>Bytes of the uncompressed form of a point.</summary>
    internal static int PointSizeOf(EccCurve curve) => 1 + (2 * BytesOf(curve));
}
