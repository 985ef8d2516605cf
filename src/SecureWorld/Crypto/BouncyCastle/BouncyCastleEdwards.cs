using System.Security.Cryptography;
using Org.BouncyCastle.Math.EC.Rfc8032;
using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Crypto.Schemes;

namespace RestrictedTee.SecureWorld.Crypto.BouncyCastle;

/// <summary>What the signatures on both Edwards curves have in common: the keys, the parameters, and what is refused.</summary>
internal abstract class BouncyCastleEdwards : SignatureEngine
{
    protected byte[] Private { get; private set; } = [];

    protected byte[] Public { get; private set; } = [];

    protected bool SetKey(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> point)
    {
        Forget();
        (Private, Public) = (secret.ToArray(), point.ToArray());
        return IsOnCurve();
    }

    protected abstract bool IsOnCurve();

    protected abstract void Sign(EdwardsParameters form, byte[] context, byte[] message, byte[] signature);

    protected abstract bool Verify(EdwardsParameters form, byte[] context, byte[] message, byte[] signature);

    internal override TeeResult Sign(AttributeReader parameters, ReadOnlySpan<byte> digest, Span<byte> signature, out int size)
    {
        size = 0;
        if (!EdwardsParameters.TryRead(parameters, out EdwardsParameters form))
            return TeeResult.BadParameters;
        byte[] made = new byte[SignatureSize];
        Sign(form, form.Context.ToArray(), digest.ToArray(), made);
        made.CopyTo(signature);
        size = made.Length;
        return TeeResult.Success;
    }

    internal override TeeResult Verify(AttributeReader parameters, ReadOnlySpan<byte> digest, ReadOnlySpan<byte> signature)
    {
        if (!EdwardsParameters.TryRead(parameters, out EdwardsParameters form))
            return TeeResult.BadParameters;
        return signature.Length == SignatureSize && Verify(form, form.Context.ToArray(), digest.ToArray(), signature.ToArray()) ? TeeResult.Success : TeeResult.SignatureInvalid;
    }

    internal override void Forget()
    {
        CryptographicOperations.ZeroMemory(Private);
        (Private, Public) = ([], []);
    }
}

/// <summary>Ed25519 of BouncyCastle, in all three forms (RFC 8032 section 5.1).</summary>
internal sealed class BouncyCastleEd25519 : BouncyCastleEdwards
{
    internal override int SignatureSize => Ed25519.SignatureSize;

    internal static Provider<SignatureEngine> Provider { get; } = new("BouncyCastle", () => true, _ => new BouncyCastleEd25519());

    internal override bool SetKey(KeyMaterial key) => SetKey(key[AttributeId.Ed25519PrivateValue], key[AttributeId.Ed25519PublicValue]);

    protected override bool IsOnCurve() => Ed25519.ValidatePublicKeyPartial(Public, 0);

    protected override void Sign(EdwardsParameters form, byte[] context, byte[] message, byte[] signature)
    {
        if (form.IsPrehashed)
            Ed25519.SignPrehash(Private, 0, Public, 0, context, SHA512.HashData(message), 0, signature, 0);
        else if (context.Length != 0)
            Ed25519.Sign(Private, 0, Public, 0, context, message, 0, message.Length, signature, 0);
        else
            Ed25519.Sign(Private, 0, Public, 0, message, 0, message.Length, signature, 0);
    }

    protected override bool Verify(EdwardsParameters form, byte[] context, byte[] message, byte[] signature) =>
        form.IsPrehashed ? Ed25519.VerifyPrehash(signature, 0, Public, 0, context, SHA512.HashData(message), 0)
        : context.Length != 0 ? Ed25519.Verify(signature, 0, Public, 0, context, message, 0, message.Length)
        : Ed25519.Verify(signature, 0, Public, 0, message, 0, message.Length);
}

/// <summary>Ed448 of BouncyCastle, with context and with digests that are made before (RFC 8032 section 5.2).</summary>
internal sealed class BouncyCastleEd448 : BouncyCastleEdwards
{
    internal override int SignatureSize => Ed448.SignatureSize;

    internal static Provider<SignatureEngine> Provider { get; } = new("BouncyCastle", () => true, _ => new BouncyCastleEd448());

    internal override bool SetKey(KeyMaterial key) => SetKey(key[AttributeId.Ed448PrivateValue], key[AttributeId.Ed448PublicValue]);

    protected override bool IsOnCurve() => Ed448.ValidatePublicKeyPartial(Public, 0);

    protected override void Sign(EdwardsParameters form, byte[] context, byte[] message, byte[] signature)
    {
        if (form.IsPrehashed)
            Ed448.SignPrehash(Private, 0, Public, 0, context, Prehash(message), 0, signature, 0);
        else
            Ed448.Sign(Private, 0, Public, 0, context, message, 0, message.Length, signature, 0);
    }

    protected override bool Verify(EdwardsParameters form, byte[] context, byte[] message, byte[] signature) => form.IsPrehashed
        ? Ed448.VerifyPrehash(signature, 0, Public, 0, context, Prehash(message), 0)
        : Ed448.Verify(signature, 0, Public, 0, context, message, 0, message.Length);

    private static byte[] Prehash(byte[] message)
    {
        byte[] digest = new byte[Ed448.PrehashSize];
        var shake = new Org.BouncyCastle.Crypto.Digests.ShakeDigest(256);
        shake.BlockUpdate(message);
        shake.OutputFinal(digest);
        return digest;
    }
}
