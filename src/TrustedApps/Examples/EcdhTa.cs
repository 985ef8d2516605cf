using RestrictedTee.Contracts;
using RestrictedTee.Sdk;

namespace RestrictedTee.TrustedApps.Examples;

/// <summary>The ecdh example: two sides that have seen no more of each other than a public key come to the same secret.</summary>
[TrustedApp(EcdhExample.UuidText, Description = "Example of TA using an ECDH sequence")]
public sealed class EcdhTa : TrustedApp
{
    /// <summary>The parameters that the only command takes. There is a gap between them, for which a method's parameters have no words.</summary>
    private static readonly ParameterTypes Types = ParameterTypes.Of(p0: ParameterType.ValueInput, p3: ParameterType.MemrefOutput);

    /// <summary>Opens whatever parameters come.</summary>
    [OpenSession]
    public static void Open(RawParameters parameters)
    {
        // A session keeps nothing.
    }

    /// <summary>Plays both sides.</summary>
    [Command(EcdhExample.CommandDeriveSelfTest)]
    public static TeeResult DeriveSelfTest(RawParameters parameters)
    {
        if (parameters.Types != Types)
            return TeeResult.BadParameters;
        (EccCurve curve, int bits) = (EcdhExample.Curve)parameters.Get<ValueInput>(0).A switch
        {
            EcdhExample.Curve.NistP192 => (EccCurve.NistP192, 192),
            EcdhExample.Curve.NistP224 => (EccCurve.NistP224, 224),
            EcdhExample.Curve.NistP256 => (EccCurve.NistP256, 256),
            EcdhExample.Curve.NistP384 => (EccCurve.NistP384, 384),
            _ => default,
        };
        if (curve == EccCurve.None)
            return TeeResult.BadParameters;

        // 1. A pair of keys on each side.
        using TransientObject here = GenerateKeyPair(curve, bits), there = GenerateKeyPair(curve, bits);

        // 2. Each derives the secret from its own private half and the other's public one.
        using SecureMemory one = SecureMemory.Allocate(bits / 8), other = SecureMemory.Allocate(bits / 8);
        int size = Derive(here, there, bits, one.Span);
        if (Derive(there, here, bits, other.Span) != size || !TeeMemory.Compare(one.Span, other.Span))
            return TeeResult.Generic;

        // 3. This one is nobody's secret, so the client may see it.
        parameters.Get<MemrefOutput>(3).Write(one.Span[..size]);
        return TeeResult.Success;
    }

    private static TransientObject GenerateKeyPair(EccCurve curve, int bits)
    {
        TransientObject pair = TransientObject.Allocate(ObjectType.EcdhKeyPair, bits);
        using var parameters = new AttributeList { { AttributeId.EccCurve, curve } };
        pair.GenerateKey(bits, parameters);
        return pair;
    }

    /// <summary>The secret of two keys; the bytes of it.</summary>
    private static int Derive(TransientObject own, TransientObject peer, int bits, Span<byte> secret)
    {
        // 1. The peer's public key: of a stranger it would come in a message, as two numbers.
        Span<byte> x = stackalloc byte[bits / 8], y = stackalloc byte[bits / 8];
        int sizeOfX = peer.GetBufferAttribute(AttributeId.EccPublicValueX, x), sizeOfY = peer.GetBufferAttribute(AttributeId.EccPublicValueY, y);
        using var point = new AttributeList { { AttributeId.EccPublicValueX, x[..sizeOfX] }, { AttributeId.EccPublicValueY, y[..sizeOfY] } };

        // 2. The derivation (TEE_DeriveKey), into an object. A stranger's key would be one for TryDeriveKey: it may be on no curve.
        using KeyDerivation agreement = KeyDerivation.Allocate(TeeAlgorithm.EcdhDeriveSharedSecret, bits);
        using TransientObject derived = TransientObject.Allocate(ObjectType.GenericSecret, bits);
        agreement.SetKey(own);
        agreement.DeriveKey(point, derived);

        // 3. Its bytes. A TA that goes on with the secret needs none of them: it makes a key of them by a key derivation function.
        return derived.GetBufferAttribute(AttributeId.SecretValue, secret);
    }
}
