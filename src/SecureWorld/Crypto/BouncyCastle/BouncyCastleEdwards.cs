using System.Security.Cryptography;
using Org.BouncyCastle.Math.EC.Rfc8032;
using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Crypto.Schemes;

namespace RestrictedTee.SecureWorld.Crypto.BouncyCastle;

/// <summary>Ed25519 of BouncyCastle, in all three forms (RFC 8032 section 5.1).</summary>
internal sealed class BouncyCastleEd25519 : SignatureEngine
{
    private byte[] _private = [];
    private byte[] _public = [];

    internal override int SignatureSize => Ed25519.SignatureSize;

    internal static Provider<SignatureEngine> Provider { get; } = new("BouncyCastle", () => true, _ => new BouncyCastleEd25519());

    internal override bool SetKey(KeyMaterial key)
    {
        Forget();
        (_private, _public) = (key[AttributeId.Ed25519PrivateValue].ToArray(), key[AttributeId.Ed25519PublicValue].ToArray());
        return Ed25519.ValidatePublicKeyPartial(_public, 0);
    }

    internal override TeeResult Sign(AttributeReader parameters, ReadOnlySpan<byte> digest, Span<byte> signature, out int size)
    {
        size = 0;
        if (!EdwardsParameters.TryRead(parameters, out EdwardsParameters form))
            return TeeResult.BadParameters;
        byte[] message = digest.ToArray(), context = form.Context.ToArray(), made = new byte[SignatureSize];
        if (form.IsPrehashed)
            Ed25519.SignPrehash(_private, 0, _public, 0, context, SHA512.HashData(message), 0, made, 0);
        else if (context.Length != 0)
            Ed25519.Sign(_private, 0, _public, 0, context, message, 0, message.Length, made, 0);
        else
            Ed25519.Sign(_private, 0, _public, 0, message, 0, message.Length, made, 0);
        made.CopyTo(signature);
        size = made.Length;
        return TeeResult.Success;
    }

    internal override TeeResult Verify(AttributeReader parameters, ReadOnlySpan<byte> digest, ReadOnlySpan<byte> signature)
    {
        if (!EdwardsParameters.TryRead(parameters, out EdwardsParameters form))
            return TeeResult.BadParameters;
        if (signature.Length != SignatureSize)
            return TeeResult.SignatureInvalid;
        byte[] message = digest.ToArray(), context = form.Context.ToArray(), given = signature.ToArray();
        bool isRight = form.IsPrehashed ? Ed25519.VerifyPrehash(given, 0, _public, 0, context, SHA512.HashData(message), 0)
            : context.Length != 0 ? Ed25519.Verify(given, 0, _public, 0, context, message, 0, message.Length)
            : Ed25519.Verify(given, 0, _public, 0, message, 0, message.Length);
        return isRight ? TeeResult.Success : TeeResult.SignatureInvalid;
    }

    internal override void Forget()
    {
        CryptographicOperations.ZeroMemory(_private);
        (_private, _public) = ([], []);
    }
}

/// <summary>Ed448 of BouncyCastle, with context and with digests that are made before (RFC 8032 section 5.2).</summary>
internal sealed class BouncyCastleEd448 : SignatureEngine
{
    private byte[] _private = [];
    private byte[] _public = [];

    internal override int SignatureSize => Ed448.SignatureSize;

    internal static Provider<SignatureEngine> Provider { get; } = new("BouncyCastle", () => true, _ => new BouncyCastleEd448());

    internal override bool SetKey(KeyMaterial key)
    {
        Forget();
        (_private, _public) = (key[AttributeId.Ed448PrivateValue].ToArray(), key[AttributeId.Ed448PublicValue].ToArray());
        return Ed448.ValidatePublicKeyPartial(_public, 0);
    }

    internal override TeeResult Sign(AttributeReader parameters, ReadOnlySpan<byte> digest, Span<byte> signature, out int size)
    {
        size = 0;
        if (!EdwardsParameters.TryRead(parameters, out EdwardsParameters form))
            return TeeResult.BadParameters;
        byte[] message = digest.ToArray(), context = form.Context.ToArray(), made = new byte[SignatureSize];
        if (form.IsPrehashed)
            Ed448.SignPrehash(_private, 0, _public, 0, context, Prehash(message), 0, made, 0);
        else
            Ed448.Sign(_private, 0, _public, 0, context, message, 0, message.Length, made, 0);
        made.CopyTo(signature);
        size = made.Length;
        return TeeResult.Success;
    }

    internal override TeeResult Verify(AttributeReader parameters, ReadOnlySpan<byte> digest, ReadOnlySpan<byte> signature)
    {
        if (!EdwardsParameters.TryRead(parameters, out EdwardsParameters form))
            return TeeResult.BadParameters;
        if (signature.Length != SignatureSize)
            return TeeResult.SignatureInvalid;
        byte[] message = digest.ToArray(), context = form.Context.ToArray(), given = signature.ToArray();
        bool isRight = form.IsPrehashed
            ? Ed448.VerifyPrehash(given, 0, _public, 0, context, Prehash(message), 0)
            : Ed448.Verify(given, 0, _public, 0, context, message, 0, message.Length);
        return isRight ? TeeResult.Success : TeeResult.SignatureInvalid;
    }

    internal override void Forget()
    {
        CryptographicOperations.ZeroMemory(_private);
        (_private, _public) = ([], []);
    }

    private static byte[] Prehash(byte[] message)
    {
        byte[] digest = new byte[Ed448.PrehashSize];
        var shake = new Org.BouncyCastle.Crypto.Digests.ShakeDigest(256);
        shake.BlockUpdate(message);
        shake.OutputFinal(digest);
        return digest;
    }
}
