using System;
using System.Buffers.Binary;
using RestrictedTee.Sdk;

namespace RestrictedTee.TestTas;

/// <summary>Sealing: nobody else gets the data back, or changes them unseen. A box is nonce, ciphertext, tag.</summary>
[TrustedApp("0b5d5c8e-1f0a-4b57-9c44-52f6d8a1e301")]
public sealed class Sealing : TrustedApp
{
    [Command(0)]
    public static void Seal(MemrefInput data, MemrefOutput box)
    {
        using SecureMemory work = SecureMemory.Allocate(12 + data.Size + 16);
        Span<byte> nonce = work.Span[..12], text = work.Span[12..^16], tag = work.Span[^16..];
        Tee.GenerateRandom(nonce); // another one for each box
        data.Span.CopyTo(text);
        using AeOperation gcm = Gcm(OperationMode.Encrypt);
        gcm.Init(nonce, tagSize: 128);
        gcm.EncryptFinal(text, text, tag);
        box.Write(work.Span);
    }

    [Command(1)]
    public static TeeResult Unseal(MemrefInput box, MemrefOutput data)
    {
        if (box.Size < 12 + 16)
            return TeeResult.BadParameters;
        using SecureMemory work = SecureMemory.Allocate(box.Size);
        box.Span.CopyTo(work.Span); // the client cannot change it any more
        Span<byte> text = work.Span[12..^16];
        using AeOperation gcm = Gcm(OperationMode.Decrypt);
        gcm.Init(work.Span[..12], tagSize: 128);
        TeeResult result = gcm.TryDecryptFinal(text, text, out _, work.Span[^16..]);
        if (result == TeeResult.Success)
            data.Write(text);
        return result; // TEE_ERROR_MAC_INVALID for a box that this TA has not made
    }

    // The key is this TA's own on this device: PTA_SYSTEM_DERIVE_TA_UNIQUE_KEY of the system pseudo TA.
    private static AeOperation Gcm(OperationMode mode)
    {
        using SecureMemory bytes = SecureMemory.Allocate(32);
        using TaClientSession system = TaClientSession.Open(new Guid("3a2f8978-5dc0-11e8-9c2d-fa7ae01bbebc"));
        var derivation = new TaOperation { P0 = TaParam.Input("sealing 1"u8), P1 = TaParam.Output(bytes.Span) };
        system.Invoke(1, ref derivation);
        using TransientObject key = TransientObject.Allocate(ObjectType.Aes, 256);
        key.Populate(AttributeId.SecretValue, bytes.Span);
        AeOperation gcm = AeOperation.Allocate(TeeAlgorithm.AesGcm, mode, 256);
        gcm.SetKey(key);
        return gcm;
    }
}

/// <summary>Signing by Ed25519, with a key that lives as long as the TEE is up and that nobody ever sees.</summary>
[TrustedApp("0b5d5c8e-1f0a-4b57-9c44-52f6d8a1e302", Flags = TaFlags.SingleInstance | TaFlags.MultiSession | TaFlags.InstanceKeepAlive)]
public sealed class Signing : TrustedApp
{
    private TransientObject _pair = null!;

    protected override void Create()
    {
        _pair = TransientObject.Allocate(ObjectType.Ed25519KeyPair, 256);
        _pair.GenerateKey(256);
    }

    [Command(0)]
    public void PublicKey(MemrefOutput key)
    {
        Span<byte> bytes = stackalloc byte[32];
        _pair.GetBufferAttribute(AttributeId.Ed25519PublicValue, bytes);
        key.Write(bytes);
    }

    [Command(1)]
    public void Sign(MemrefInput message, MemrefOutput signature)
    {
        using SecureMemory copy = SecureMemory.Allocate(message.Size);
        message.Span.CopyTo(copy.Span); // Ed25519 reads it twice; two messages under one signature would give the key away
        using AsymmetricOperation signing = AsymmetricOperation.Allocate(TeeAlgorithm.Ed25519, OperationMode.Sign, 256);
        signing.SetKey(_pair);
        Span<byte> made = stackalloc byte[64];
        signing.SignDigest(copy.Span, made);
        signature.Write(made);
    }
}

/// <summary>Verifying a signature by ECDSA on P-256, of somebody whose public key the client brings as two numbers of 32 bytes.</summary>
[TrustedApp("0b5d5c8e-1f0a-4b57-9c44-52f6d8a1e303")]
public sealed class Verifying : TrustedApp
{
    [Command(0)]
    public static TeeResult Verify(MemrefInput message, MemrefInput publicKey, MemrefInput signature)
    {
        if (publicKey.Size != 64)
            return TeeResult.BadParameters;
        using var point = new AttributeList
        {
            { AttributeId.EccCurve, EccCurve.NistP256 },
            { AttributeId.EccPublicValueX, publicKey.Span[..32] },
            { AttributeId.EccPublicValueY, publicKey.Span[32..] },
        };
        using TransientObject key = TransientObject.Allocate(ObjectType.EcdsaPublicKey, 256);
        key.Populate(point); // TEE_ERROR_BAD_PARAMETERS for a point that is not on the curve
        Span<byte> digest = stackalloc byte[32];
        using DigestOperation sha256 = DigestOperation.Allocate(TeeAlgorithm.Sha256);
        sha256.DoFinal(message.Span, digest);
        using AsymmetricOperation verification = AsymmetricOperation.Allocate(TeeAlgorithm.EcdsaSha256, OperationMode.Verify, 256);
        verification.SetKey(key);
        return verification.VerifyDigest(digest, signature.Span) ? TeeResult.Success : TeeResult.SignatureInvalid;
    }
}

/// <summary>Deriving keys from a secret by HKDF with SHA-256 (RFC 5869): as many as there are purposes, none of which tells of another.</summary>
[TrustedApp("0b5d5c8e-1f0a-4b57-9c44-52f6d8a1e304")]
public sealed class Deriving : TrustedApp
{
    [Command(0)]
    public static TeeResult Derive(MemrefInput secret, MemrefInput salt, MemrefInput purpose, MemrefOutput key)
    {
        using TransientObject input = TransientObject.Allocate(ObjectType.HkdfIkm, secret.Size * 8);
        input.Populate(AttributeId.HkdfIkm, secret.Span);
        using KeyDerivation hkdf = KeyDerivation.Allocate(TeeAlgorithm.HkdfSha256DeriveKey, secret.Size * 8);
        hkdf.SetKey(input);
        using var parameters = new AttributeList
        {
            { AttributeId.HkdfSaltExtension, salt.Span },
            { AttributeId.HkdfInfoExtension, purpose.Span },
            { AttributeId.HkdfOkmLength, (uint)key.Span.Length },
        };
        using TransientObject derived = TransientObject.Allocate(ObjectType.GenericSecret, key.Span.Length * 8);
        TeeResult result = hkdf.TryDeriveKey(parameters, derived);
        if (result == TeeResult.Success)
            key.Size = derived.GetBufferAttribute(AttributeId.SecretValue, key.Span);
        return result;
    }
}

/// <summary>One-time passwords by HOTP (RFC 4226), six digits each.</summary>
[TrustedApp("0b5d5c8e-1f0a-4b57-9c44-52f6d8a1e305")]
public sealed class Passwords : TrustedApp
{
    private ulong _counter;

    [Command(0)]
    public static void SetKey(TaSession session, MemrefInput key)
    {
        using TransientObject secret = TransientObject.Allocate(ObjectType.HmacSha1, key.Size * 8);
        secret.Populate(AttributeId.SecretValue, key.Span);
        MacOperation hmac = MacOperation.Allocate(TeeAlgorithm.HmacSha1, key.Size * 8);
        hmac.SetKey(secret);
        (session.Context as MacOperation)?.Dispose();
        session.Context = hmac; // the operation has a copy of the key, and ends with the session
    }

    [Command(1)]
    public void Next(TaSession session, ValueOutput password)
    {
        MacOperation hmac = session.Get<MacOperation>(); // TEE_ERROR_BAD_STATE without a key
        Span<byte> moving = stackalloc byte[8], mac = stackalloc byte[20];
        BinaryPrimitives.WriteUInt64BigEndian(moving, _counter++);
        hmac.Init();
        hmac.ComputeFinal(moving, mac);
        password.A = (BinaryPrimitives.ReadUInt32BigEndian(mac[(mac[19] & 0xF)..]) & 0x7FFF_FFFF) % 1_000_000;
    }
}

/// <summary>Random bytes, from a generator that is fit for keys.</summary>
[TrustedApp("0b5d5c8e-1f0a-4b57-9c44-52f6d8a1e306")]
public sealed class Randomness : TrustedApp
{
    [Command(0)]
    public static void Generate(MemrefOutput output)
    {
        using SecureMemory random = SecureMemory.Allocate(output.Size);
        Tee.GenerateRandom(random.Span);
        output.Write(random.Span);
    }
}
