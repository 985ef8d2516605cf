using RestrictedTee.Contracts;
using RestrictedTee.Sdk;

namespace RestrictedTee.TrustedApps.Examples;

/// <summary>The sign_verify example: a message is digested, signed with RSA and verified, all in one command, by a key that nobody has afterwards.</summary>
[TrustedApp(SignVerifyExample.UuidText, Description = "Example of TA using an Sign and Verify sequence")]
public sealed class SignVerifyTa : TrustedApp
{
    /// <summary>TEE_MAX_HASH_SIZE, in bytes.</summary>
    private const int LargestDigest = 64;

    /// <summary>In bytes: what a key of 4096 bits makes.</summary>
    private const int LargestSignature = 512;

    /// <summary>Opens whatever parameters come.</summary>
    [OpenSession]
    public static void Open(RawParameters parameters)
    {
        // A session keeps nothing.
    }

    /// <summary>From message to signature.</summary>
    [Command(SignVerifyExample.CommandSignVerify)]
    public static TeeResult SignVerify(MemrefInput message, MemrefOutput signature, ValueInput algorithm, ValueInput keySize)
    {
        (TeeAlgorithm scheme, TeeAlgorithm hash) = (SignVerifyExample.Algorithm)algorithm.A switch
        {
            SignVerifyExample.Algorithm.PssSha1 => (TeeAlgorithm.RsassaPssSha1, TeeAlgorithm.Sha1),
            SignVerifyExample.Algorithm.PssSha224 => (TeeAlgorithm.RsassaPssSha224, TeeAlgorithm.Sha224),
            SignVerifyExample.Algorithm.PssSha256 => (TeeAlgorithm.RsassaPssSha256, TeeAlgorithm.Sha256),
            SignVerifyExample.Algorithm.PssSha384 => (TeeAlgorithm.RsassaPssSha384, TeeAlgorithm.Sha384),
            SignVerifyExample.Algorithm.PssSha512 => (TeeAlgorithm.RsassaPssSha512, TeeAlgorithm.Sha512),
            SignVerifyExample.Algorithm.Pkcs1Sha1 => (TeeAlgorithm.RsassaPkcs1Sha1, TeeAlgorithm.Sha1),
            SignVerifyExample.Algorithm.Pkcs1Sha224 => (TeeAlgorithm.RsassaPkcs1Sha224, TeeAlgorithm.Sha224),
            SignVerifyExample.Algorithm.Pkcs1Sha256 => (TeeAlgorithm.RsassaPkcs1Sha256, TeeAlgorithm.Sha256),
            SignVerifyExample.Algorithm.Pkcs1Sha384 => (TeeAlgorithm.RsassaPkcs1Sha384, TeeAlgorithm.Sha384),
            SignVerifyExample.Algorithm.Pkcs1Sha512 => (TeeAlgorithm.RsassaPkcs1Sha512, TeeAlgorithm.Sha512),
            _ => default,
        };
        if (scheme == default)
            return TeeResult.BadParameters;
        if (keySize.A > int.MaxValue)
            return TeeResult.NotSupported;
        int bits = (int)keySize.A;

        // 1. A pair of keys, and of it an object that has the public half alone. Both are wiped where the method ends.
        using TransientObject pair = TransientObject.Allocate(ObjectType.RsaKeyPair, bits);
        pair.GenerateKey(bits);
        using TransientObject publicKey = TransientObject.Allocate(ObjectType.RsaPublicKey, bits);
        publicKey.CopyAttributesFrom(pair);

        // 2. The digest of the message, which is read once.
        Span<byte> digest = stackalloc byte[LargestDigest], made = stackalloc byte[LargestSignature];
        using (DigestOperation digestion = DigestOperation.Allocate(hash))
            digest = digest[..digestion.DoFinal(message.Span, digest)];

        // 3. The signature of the digest.
        using AsymmetricOperation signing = AsymmetricOperation.Allocate(scheme, OperationMode.Sign, bits);
        signing.SetKey(pair);
        made = made[..signing.SignDigest(digest, made)];

        // 4. Is it one?
        using AsymmetricOperation verification = AsymmetricOperation.Allocate(scheme, OperationMode.Verify, bits);
        verification.SetKey(publicKey);
        if (!verification.VerifyDigest(digest, made))
            return TeeResult.SignatureInvalid;

        // 5. The client gets it, or learns how much room it needs.
        signature.Write(made);
        return TeeResult.Success;
    }
}
