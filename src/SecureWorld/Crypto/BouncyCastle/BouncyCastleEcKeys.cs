using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Generators;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Security;
using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Crypto.Schemes;

namespace RestrictedTee.SecureWorld.Crypto.BouncyCastle;

/// <summary>Makes and checks keys on curves, SM2's among them, and keys of the newer curves.</summary>
internal static class BouncyCastleEcKeys
{
    internal static KeyProvider Ec { get; } = new("BouncyCastle", _ => true, GenerateEc, IsEc);

    internal static KeyProvider Raw { get; } = new("BouncyCastle", _ => true, GenerateRaw, IsRaw);

    private static bool IsEc(KeyMaterial key)
    {
        ECPublicKeyParameters? point = BouncyCastleCurves.TryImportPublic(key);
        if (point is null || !key.Has(AttributeId.EccPrivateValue))
            return point is not null;
        return BouncyCastleCurves.TryImportPrivate(key) is { } secret && (!PairRules.HasOwnPublic(key.Row.Type) || secret.Parameters.G.Multiply(secret.D).Equals(point.Q));
    }

    /// <summary>A public half that is not the private one's makes signatures that tell the key.</summary>
    private static bool IsRaw(KeyMaterial key) => key.Row.Type switch
    {
        ObjectType.Ed25519KeyPair => Matches(key, AttributeId.Ed25519PublicValue, new Ed25519PrivateKeyParameters(key[AttributeId.Ed25519PrivateValue]).GeneratePublicKey().GetEncoded()),
        ObjectType.Ed448KeyPair => Matches(key, AttributeId.Ed448PublicValue, new Ed448PrivateKeyParameters(key[AttributeId.Ed448PrivateValue]).GeneratePublicKey().GetEncoded()),
        ObjectType.X25519KeyPair => Matches(key, AttributeId.X25519PublicValue, new X25519PrivateKeyParameters(key[AttributeId.X25519PrivateValue]).GeneratePublicKey().GetEncoded()),
        ObjectType.X448KeyPair => Matches(key, AttributeId.X448PublicValue, new X448PrivateKeyParameters(key[AttributeId.X448PrivateValue]).GeneratePublicKey().GetEncoded()),
        _ => IsPoint(key),
    };

    /// <summary>Whether a public key is a point of its curve; any bytes are one where only one coordinate counts.</summary>
    internal static bool IsPoint(KeyMaterial key) => key.Row.Type switch
    {
        ObjectType.Ed25519PublicKey => Org.BouncyCastle.Math.EC.Rfc8032.Ed25519.ValidatePublicKeyPartial(key[AttributeId.Ed25519PublicValue].ToArray(), 0),
        ObjectType.Ed448PublicKey => Org.BouncyCastle.Math.EC.Rfc8032.Ed448.ValidatePublicKeyPartial(key[AttributeId.Ed448PublicValue].ToArray(), 0),
        _ => true,
    };

    private static bool Matches(KeyMaterial key, AttributeId id, byte[] point) => key[id].SequenceEqual(point);

    private static TeeResult GenerateEc(KeyMaterial key, int bits)
    {
        EccCurve curve = Curves.Of(key);
        if (curve != EccCurve.Sm2 && Curves.BitsOf(curve) != bits)
            return TeeResult.BadParameters;
        var generator = new ECKeyPairGenerator();
        generator.Init(new ECKeyGenerationParameters(BouncyCastleCurves.Of(curve), new SecureRandom()));
        AsymmetricCipherKeyPair made = generator.GenerateKeyPair();
        Org.BouncyCastle.Math.EC.ECPoint point = ((ECPublicKeyParameters)made.Public).Q.Normalize();
        return key.Set(AttributeId.EccPrivateValue, ((ECPrivateKeyParameters)made.Private).D.ToByteArrayUnsigned())
            && key.Set(AttributeId.EccPublicValueX, point.AffineXCoord.GetEncoded()) && key.Set(AttributeId.EccPublicValueY, point.AffineYCoord.GetEncoded())
            ? TeeResult.Success
            : TeeResult.BadParameters;
    }

    private static TeeResult GenerateRaw(KeyMaterial key, int bits)
    {
        var random = new SecureRandom();
        (AttributeId privateId, AttributeId publicId, byte[] secret, byte[] point) = key.Row.Type switch
        {
            ObjectType.Ed25519KeyPair => Of(AttributeId.Ed25519PrivateValue, AttributeId.Ed25519PublicValue, new Ed25519PrivateKeyParameters(random)),
            ObjectType.Ed448KeyPair => Of(AttributeId.Ed448PrivateValue, AttributeId.Ed448PublicValue, new Ed448PrivateKeyParameters(random)),
            ObjectType.X25519KeyPair => Of(AttributeId.X25519PrivateValue, AttributeId.X25519PublicValue, new X25519PrivateKeyParameters(random)),
            _ => Of(AttributeId.X448PrivateValue, AttributeId.X448PublicValue, new X448PrivateKeyParameters(random)),
        };
        return key.Set(privateId, secret) && key.Set(publicId, point) ? TeeResult.Success : TeeResult.BadParameters;
    }

    private static (AttributeId Private, AttributeId Public, byte[] Secret, byte[] Point) Of(AttributeId privateId, AttributeId publicId, AsymmetricKeyParameter key) => key switch
    {
        Ed25519PrivateKeyParameters k => (privateId, publicId, k.GetEncoded(), k.GeneratePublicKey().GetEncoded()),
        Ed448PrivateKeyParameters k => (privateId, publicId, k.GetEncoded(), k.GeneratePublicKey().GetEncoded()),
        X25519PrivateKeyParameters k => (privateId, publicId, k.GetEncoded(), k.GeneratePublicKey().GetEncoded()),
        X448PrivateKeyParameters k => (privateId, publicId, k.GetEncoded(), k.GeneratePublicKey().GetEncoded()),
        _ => throw new ArgumentOutOfRangeException(nameof(key), key, "The key is of no newer curve."),
    };
}
