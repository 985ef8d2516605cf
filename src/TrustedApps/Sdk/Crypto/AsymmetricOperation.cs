using System.Runtime.CompilerServices;

namespace RestrictedTee.Sdk;

/// <summary>
/// Signatures and encryption with pairs of keys (GPD_SPE_010 section 6.7). Each call is whole, so there is nothing to begin; the key stays.
/// Numbers in signatures are big-endian, with all their zeroes.
/// </summary>
public sealed class AsymmetricOperation : CryptoOperation
{
    private AsymmetricOperation(TeeAlgorithm algorithm, OperationMode mode, int maxKeySize, OperationHandles handles)
        : base(algorithm, mode, maxKeySize, UsageOf(algorithm, mode), handles)
    {
    }

    /// <summary>TEE_AllocateOperation.</summary>
    /// <param name="algorithm">A signature, or an encryption with a pair of keys.</param>
    /// <param name="mode">Sign or Verify; Encrypt or Decrypt.</param>
    /// <param name="maxKeySize">The largest key that it is to take, in bits.</param>
    /// <exception cref="TeeException">NotSupported: no such algorithm, mode or size; OutOfMemory.</exception>
    public static AsymmetricOperation Allocate(TeeAlgorithm algorithm, OperationMode mode, int maxKeySize)
    {
        bool isOne = AlgorithmNumber.ClassOf(algorithm) switch
        {
            OperationClass.AsymmetricSignature => mode is OperationMode.Sign or OperationMode.Verify,
            OperationClass.AsymmetricCipher => mode is OperationMode.Encrypt or OperationMode.Decrypt,
            _ => false,
        };
        if (!isOne)
            throw new TeeException(TeeResult.NotSupported, TeeOrigin.Tee);
        return new AsymmetricOperation(algorithm, mode, maxKeySize, AllocateKeyed(algorithm, mode, maxKeySize));
    }

    /// <summary>TEE_AsymmetricEncrypt. Panics without a key, and in another mode.</summary>
    /// <returns>
    /// Success, with the bytes written; ShortBuffer, with the bytes needed, and nothing is written; BadParameters: the message is too long for
    /// the key, or there are no such parameters.
    /// </returns>
    public TeeResult TryEncrypt(ReadOnlySpan<byte> source, Span<byte> destination, out int size, AttributeList? parameters = null) =>
        Operate(OperationMode.Encrypt, source, destination, out size, parameters);

    /// <summary>TEE_AsymmetricDecrypt. Panics without a key, and in another mode.</summary>
    /// <returns>As <see cref="TryEncrypt"/>; BadParameters: the ciphertext has another length than the key's; CiphertextInvalid: it is of no message.</returns>
    public TeeResult TryDecrypt(ReadOnlySpan<byte> source, Span<byte> destination, out int size, AttributeList? parameters = null) =>
        Operate(OperationMode.Decrypt, source, destination, out size, parameters);

    /// <summary>As <see cref="TryEncrypt"/>.</summary>
    /// <returns>Bytes written.</returns>
    /// <exception cref="TeeException">ShortBuffer, BadParameters.</exception>
    public int Encrypt(ReadOnlySpan<byte> source, Span<byte> destination, AttributeList? parameters = null) =>
        Written(TryEncrypt(source, destination, out int size, parameters), size);

    /// <summary>As <see cref="TryDecrypt"/>.</summary>
    /// <returns>Bytes written.</returns>
    /// <exception cref="TeeException">ShortBuffer, BadParameters, CiphertextInvalid.</exception>
    public int Decrypt(ReadOnlySpan<byte> source, Span<byte> destination, AttributeList? parameters = null) =>
        Written(TryDecrypt(source, destination, out int size, parameters), size);

    /// <summary>
    /// TEE_AsymmetricSignDigest; of Ed25519 and Ed448 it is the message that is given. Panics without a key, in another mode, when the
    /// parameters are none of the algorithm's, and when the digest has another size than the algorithm's: but for DSA it may be cut to the subgroup's
    /// size, and for ECDSA have any from 1 to 64 bytes, as in OP-TEE, of which the leftmost bits count (FIPS 186-5, 6.4.1). Who wants one size only looks at it before.
    /// </summary>
    /// <returns>Success, with the bytes written; ShortBuffer, with the bytes needed, and nothing is written.</returns>
    public TeeResult TrySignDigest(ReadOnlySpan<byte> digest, Span<byte> signature, out int size, AttributeList? parameters = null)
    {
        Require(Mode == OperationMode.Sign && Is(HandleState.KeySet));
        return Told(Utee.AsymmOperate(Handle, parameters is null ? [] : parameters.Encoded, digest, signature, out size));
    }

    /// <summary>As <see cref="TrySignDigest"/>.</summary>
    /// <returns>Bytes written.</returns>
    /// <exception cref="TeeException">ShortBuffer.</exception>
    public int SignDigest(ReadOnlySpan<byte> digest, Span<byte> signature, AttributeList? parameters = null) =>
        Written(TrySignDigest(digest, signature, out int size, parameters), size);

    /// <summary>
    /// TEE_AsymmetricVerifyDigest: whether the signature is of the digest (else TEE_ERROR_SIGNATURE_INVALID), whatever is the matter with it.
    /// Panics as <see cref="TrySignDigest"/> does.
    /// </summary>
    public bool VerifyDigest(ReadOnlySpan<byte> digest, ReadOnlySpan<byte> signature, AttributeList? parameters = null)
    {
        Require(Mode == OperationMode.Verify && Is(HandleState.KeySet));
        TeeResult result = Utee.AsymmVerify(Handle, parameters is null ? [] : parameters.Encoded, digest, signature);
        if (result != TeeResult.SignatureInvalid)
            Require(result);
        return result == TeeResult.Success;
    }

    /// <summary>TEE_CopyOperation: the key of another one. Panics unless that is for the same algorithm and mode.</summary>
    public void CopyFrom(AsymmetricOperation source)
    {
        ArgumentNullException.ThrowIfNull(source);
        base.CopyFrom(source);
    }

    private protected override int DigestLength => AlgorithmNumber.SignedSizeOf(Algorithm);

    private protected override void Restart()
    {
        // Nothing has begun.
    }

    /// <summary>Without padding, encryption is verification, and decryption is signing (upstream's library asks for both).</summary>
    private static KeyUsage UsageOf(TeeAlgorithm algorithm, OperationMode mode) => mode switch
    {
        OperationMode.Sign => KeyUsage.Sign,
        OperationMode.Verify => KeyUsage.Verify,
        OperationMode.Encrypt when algorithm == TeeAlgorithm.RsaNoPad => KeyUsage.Encrypt | KeyUsage.Verify,
        OperationMode.Decrypt when algorithm == TeeAlgorithm.RsaNoPad => KeyUsage.Decrypt | KeyUsage.Sign,
        OperationMode.Encrypt => KeyUsage.Encrypt,
        _ => KeyUsage.Decrypt,
    };

    private TeeResult Operate(OperationMode mode, ReadOnlySpan<byte> source, Span<byte> destination, out int size, AttributeList? parameters, [CallerMemberName] string member = "")
    {
        Require(Mode == mode && Is(HandleState.KeySet), member);
        TeeResult result = Utee.AsymmOperate(Handle, parameters is null ? [] : parameters.Encoded, source, destination, out size);
        if (result is not (TeeResult.BadParameters or TeeResult.CiphertextInvalid or TeeResult.NotSupported))
            Told(result, member);
        return result;
    }
}
