using RestrictedTee.Contracts;
using RestrictedTee.Sdk;

namespace RestrictedTee.TrustedApps.Examples;

/// <summary>The ecdsa example: digest, pair of keys, signature. It shows a session that goes from state to state, one command a step.</summary>
[TrustedApp(EcdsaExample.UuidText, Description = "Example of TA using an ECDSA sequence")]
public sealed class EcdsaTa : TrustedApp
{
    /// <summary>TEE_MAX_HASH_SIZE, in bytes.</summary>
    private const int LargestDigest = 64;

    /// <summary>In bytes: two numbers of the largest curve.</summary>
    private const int LargestSignature = 2 * ((521 + 7) / 8);

    /// <summary>Opens whatever parameters come.</summary>
    [OpenSession]
    public static void Open(TaSession session, RawParameters parameters) => session.Context = new Signer();

    /// <summary>The digest of a message, and with it the algorithm that the session signs by.</summary>
    [Command(EcdsaExample.CommandComputeDigest)]
    public static TeeResult ComputeDigest(TaSession session, MemrefInput message, MemrefOutput digest, ValueInput algorithm)
    {
        Signer signer = session.Get<Signer>();
        signer.Algorithm = (TeeAlgorithm)algorithm.A;
        (TeeAlgorithm hash, _, _, _) = signer.Suite;
        if (hash == default)
            return TeeResult.BadParameters;

        // A digest needs no key and no beginning: allocate, feed, finish.
        using DigestOperation operation = DigestOperation.Allocate(hash);
        operation.Update(message.Span);
        TeeResult result = operation.TryDoFinal([], digest.Span, out int size);
        digest.Size = size;
        return result;
    }

    /// <summary>Makes a pair of keys, and of it an object that has the public half alone.</summary>
    [Command(EcdsaExample.CommandGenerateKey)]
    public static TeeResult GenerateKey(TaSession session)
    {
        Signer signer = session.Get<Signer>();
        (TeeAlgorithm hash, _, EccCurve curve, int bits) = signer.Suite;
        if (hash == default)
            return TeeResult.BadParameters;
        signer.ForgetKeys();
        signer.Pair = TransientObject.Allocate(ObjectType.EcdsaKeyPair, bits);
        using (var parameters = new AttributeList { { AttributeId.EccCurve, curve } })
            signer.Pair.GenerateKey(bits, parameters);
        signer.PublicKey = TransientObject.Allocate(ObjectType.EcdsaPublicKey, bits);
        signer.PublicKey.CopyAttributesFrom(signer.Pair);
        signer.KeySize = bits;
        return TeeResult.Success;
    }

    /// <summary>Signs with the private half, and lets the public one say whether that was right.</summary>
    [Command(EcdsaExample.CommandSignVerifyDigest)]
    public static TeeResult SignVerifyDigest(TaSession session, MemrefInput digest, MemrefOutput signature)
    {
        // 1. Operations for a key of the session's size; without algorithm or key there is no such operation (TEE_ERROR_NOT_SUPPORTED).
        Signer signer = session.Get<Signer>();
        using AsymmetricOperation signing = AsymmetricOperation.Allocate(signer.Algorithm, OperationMode.Sign, signer.KeySize);
        using AsymmetricOperation verification = AsymmetricOperation.Allocate(signer.Algorithm, OperationMode.Verify, signer.KeySize);
        signing.SetKey(signer.Pair);
        verification.SetKey(signer.PublicKey);

        // 2. The digest once and for all: it is read twice. One of another size than the algorithm's would be signed too, so it is looked at here.
        if (digest.Size != signer.Suite.DigestSize)
            return TeeResult.BadParameters;
        Span<byte> copy = stackalloc byte[LargestDigest], made = stackalloc byte[LargestSignature];
        copy = copy[..digest.Size];
        digest.Span.CopyTo(copy);

        // 3. Sign and verify.
        made = made[..signing.SignDigest(copy, made)];
        if (!verification.VerifyDigest(copy, made))
            return TeeResult.SignatureInvalid;

        // 4. A signature is no secret: the client may have it.
        signature.Write(made);
        return TeeResult.Success;
    }

    /// <summary>What a session has come to.</summary>
    private sealed class Signer : IDisposable
    {
        internal TeeAlgorithm Algorithm { get; set; }

        internal TransientObject? Pair { get; set; }

        internal TransientObject? PublicKey { get; set; }

        /// <summary>In bits; 0 without a key.</summary>
        internal int KeySize { get; set; }

        /// <summary>What goes with the algorithm: a digest of as many bytes, and the curve of that strength with the bits of its keys.</summary>
        internal (TeeAlgorithm Hash, int DigestSize, EccCurve Curve, int Bits) Suite => Algorithm switch
        {
            TeeAlgorithm.EcdsaSha1 => (TeeAlgorithm.Sha1, 20, EccCurve.NistP192, 192),
            TeeAlgorithm.EcdsaSha224 => (TeeAlgorithm.Sha224, 28, EccCurve.NistP224, 224),
            TeeAlgorithm.EcdsaSha256 => (TeeAlgorithm.Sha256, 32, EccCurve.NistP256, 256),
            TeeAlgorithm.EcdsaSha384 => (TeeAlgorithm.Sha384, 48, EccCurve.NistP384, 384),
            TeeAlgorithm.EcdsaSha512 => (TeeAlgorithm.Sha512, 64, EccCurve.NistP521, 521),
            _ => default,
        };

        internal void ForgetKeys()
        {
            Pair?.Dispose();
            PublicKey?.Dispose();
            (Pair, PublicKey, KeySize) = (null, null, 0);
        }

        /// <summary>Wipes the keys.</summary>
        public void Dispose() => ForgetKeys();
    }
}
