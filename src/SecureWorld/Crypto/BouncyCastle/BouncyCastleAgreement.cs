using System.Security.Cryptography;
using Org.BouncyCastle.Crypto.Agreement;
using Org.BouncyCastle.Crypto.Parameters;
using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Crypto.Schemes;

namespace RestrictedTee.SecureWorld.Crypto.BouncyCastle;

/// <summary>What two keys on a curve have in common, by BouncyCastle.</summary>
internal sealed class BouncyCastleAgreement : DerivationEngine
{
    private ECPrivateKeyParameters? _key;
    private byte[] _raw = [];
    private EccCurve _curve;
    private ObjectType _type;

    internal static Provider<DerivationEngine> Provider { get; } = new("BouncyCastle", () => true, _ => new BouncyCastleAgreement());

    internal override bool SetKey(KeyMaterial key)
    {
        Forget();
        (_type, _curve) = (key.Row.Type, Curves.Of(key));
        if (_type == ObjectType.EcdhKeyPair)
            _key = BouncyCastleCurves.TryImportPrivate(key);
        else
            _raw = key[_type == ObjectType.X25519KeyPair ? AttributeId.X25519PrivateValue : AttributeId.X448PrivateValue].ToArray();
        return _key is not null || _raw.Length != 0;
    }

    internal override TeeResult Derive(AttributeReader parameters, Span<byte> secret, out int size)
    {
        size = 0;
        byte[]? common = _type == ObjectType.EcdhKeyPair ? OfPoint(parameters) : OfRaw(parameters);
        if (common is null || common.Length > secret.Length)
            return TeeResult.BadParameters;
        common.CopyTo(secret);
        size = common.Length;
        CryptographicOperations.ZeroMemory(common);
        return TeeResult.Success;
    }

    internal override void Forget()
    {
        CryptographicOperations.ZeroMemory(_raw);
        (_key, _raw) = (null, []);
    }

    private byte[]? OfPoint(AttributeReader parameters)
    {
        if (!PeerParameters.TryReadPoint(parameters, out ReadOnlySpan<byte> x, out ReadOnlySpan<byte> y) || BouncyCastleCurves.TryImportPoint(_curve, x, y) is not { } peer)
            return null;
        var agreement = new ECDHBasicAgreement();
        agreement.Init(_key);
        byte[] common = new byte[Curves.BytesOf(_curve)];
        DerSignature.Place(agreement.CalculateAgreement(peer).ToByteArrayUnsigned(), common);
        return common;
    }

    private byte[]? OfRaw(AttributeReader parameters)
    {
        bool isShort = _type == ObjectType.X25519KeyPair;
        if (!PeerParameters.TryRead(parameters, isShort ? AttributeId.X25519PublicValue : AttributeId.X448PublicValue, isShort ? 32 : 56, out ReadOnlySpan<byte> value))
            return null;
        byte[] common = new byte[value.Length];
        bool isOne = isShort
            ? Org.BouncyCastle.Math.EC.Rfc7748.X25519.CalculateAgreement(_raw, 0, value.ToArray(), 0, common, 0)
            : Org.BouncyCastle.Math.EC.Rfc7748.X448.CalculateAgreement(_raw, 0, value.ToArray(), 0, common, 0);
        return isOne ? common : null;
    }
}

/// <summary>Diffie-Hellman over numbers, of BouncyCastle.</summary>
internal sealed class BouncyCastleDh : DerivationEngine
{
    private DHPrivateKeyParameters? _key;

    internal static Provider<DerivationEngine> Provider { get; } = new("BouncyCastle", () => true, _ => new BouncyCastleDh());

    internal override bool SetKey(KeyMaterial key)
    {
        _key = BouncyCastleFiniteField.ImportDh(key);
        return true;
    }

    internal override TeeResult Derive(AttributeReader parameters, Span<byte> secret, out int size)
    {
        size = 0;
        if (!PeerParameters.TryRead(parameters, AttributeId.DhPublicValue, 0, out ReadOnlySpan<byte> value) || value.Length > DhRules.MaxSize)
            return TeeResult.BadParameters;
        try
        {
            var agreement = new DHBasicAgreement();
            agreement.Init(_key);
            byte[] common = agreement.CalculateAgreement(new DHPublicKeyParameters(new Org.BouncyCastle.Math.BigInteger(1, value), _key!.Parameters)).ToByteArrayUnsigned();
            if (common.Length == 0 || !common.AsSpan().TryCopyTo(secret))
                return TeeResult.BadParameters;
            size = common.Length;
            CryptographicOperations.ZeroMemory(common);
            return TeeResult.Success;
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            return TeeResult.BadParameters; // the number is not of the group, or what is in common is 1
        }
    }

    internal override void Forget() => _key = null;
}
