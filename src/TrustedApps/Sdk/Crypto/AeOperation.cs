namespace RestrictedTee.Sdk;

/// <summary>
/// Authenticated encryption (GPD_SPE_010 section 6.6). What a decryption gives before its end is not authenticated yet: use it after
/// <see cref="TryDecryptFinal"/> has succeeded, and not before.
/// </summary>
public sealed class AeOperation : CryptoOperation
{
    private int _tagSize;

    private AeOperation(TeeAlgorithm algorithm, OperationMode mode, int maxKeySize, OperationHandles handles)
        : base(algorithm, mode, maxKeySize, mode == OperationMode.Encrypt ? KeyUsage.Encrypt : KeyUsage.Decrypt, handles)
    {
    }

    /// <summary>TEE_AllocateOperation.</summary>
    /// <param name="algorithm">An algorithm of the class.</param>
    /// <param name="mode">Encrypt or Decrypt.</param>
    /// <param name="maxKeySize">The largest key that it is to take, in bits; where it takes two, of both together.</param>
    /// <exception cref="TeeException">NotSupported: no such algorithm, mode or size; OutOfMemory.</exception>
    public static AeOperation Allocate(TeeAlgorithm algorithm, OperationMode mode, int maxKeySize)
    {
        if (AlgorithmNumber.ClassOf(algorithm) != OperationClass.AuthenticatedEncryption || mode is not (OperationMode.Encrypt or OperationMode.Decrypt))
            throw new TeeException(TeeResult.NotSupported, TeeOrigin.Tee);
        return new AeOperation(algorithm, mode, maxKeySize, AllocateKeyed(algorithm, mode, maxKeySize));
    }

    /// <summary>
    /// TEE_AEInit: begins, or begins anew while there is no payload yet: until then the operation stays in its initial state. Panics without a
    /// key, after the first payload, and when the nonce has a length that the algorithm does not take, or leaves no room to tell the payload's
    /// length in.
    /// </summary>
    /// <param name="nonce">Never the same twice with one key.</param>
    /// <param name="tagSize">The size of the tag, in bits.</param>
    /// <param name="aadSize">Bytes that will be authenticated and not encrypted; CCM has to know, GCM ignores it.</param>
    /// <param name="payloadSize">Bytes that will be encrypted or decrypted; likewise.</param>
    /// <exception cref="TeeException">NotSupported: there is no tag of that size.</exception>
    public void Init(ReadOnlySpan<byte> nonce, int tagSize, int aadSize = 0, int payloadSize = 0)
    {
        Require(Is(HandleState.KeySet) && !IsActive);
        TeeResult result = tagSize % 8 == 0 ? Utee.AuthencInit(Handle, nonce, tagSize / 8, aadSize, payloadSize) : TeeResult.NotSupported;
        ThrowIfRefused(result);
        Require(result);
        (State, _tagSize) = (State | HandleState.Initialized, tagSize / 8);
    }

    /// <summary>TEE_AEUpdateAAD: data that is authenticated and not encrypted. Panics before <see cref="Init"/>, after the first payload, and beyond the size that was told.</summary>
    public void UpdateAad(ReadOnlySpan<byte> data)
    {
        Require(Is(HandleState.Initialized));
        Require(Utee.AuthencUpdateAad(Handle, data));
    }

    /// <summary>TEE_AEUpdate. A block of CCM that is not complete yet comes with a later piece. Panics before <see cref="Init"/>.</summary>
    /// <returns>Success, with the bytes written; ShortBuffer, with the bytes needed, and nothing has happened.</returns>
    public TeeResult TryUpdate(ReadOnlySpan<byte> source, Span<byte> destination, out int size)
    {
        Require(Is(HandleState.Initialized));
        TeeResult result = Told(Utee.AuthencUpdatePayload(Handle, source, destination, out size));
        IsActive |= result == TeeResult.Success && !source.IsEmpty;
        return result;
    }

    /// <summary>As <see cref="TryUpdate"/>.</summary>
    /// <returns>Bytes written.</returns>
    /// <exception cref="TeeException">ShortBuffer.</exception>
    public int Update(ReadOnlySpan<byte> source, Span<byte> destination) => Written(TryUpdate(source, destination, out int size), size);

    /// <summary>TEE_AEEncryptFinal: the last of the payload, and the tag. Panics before <see cref="Init"/>.</summary>
    /// <returns>Success, with the bytes written; ShortBuffer, with the bytes that both need, and nothing has happened.</returns>
    public TeeResult TryEncryptFinal(ReadOnlySpan<byte> source, Span<byte> destination, out int size, Span<byte> tag, out int tagSize)
    {
        Require(Is(HandleState.Initialized));
        TeeResult result = Told(Utee.AuthencEncFinal(Handle, source, destination, out size, tag, out tagSize));
        if (result == TeeResult.Success)
            Restart();
        return result;
    }

    /// <summary>As <see cref="TryEncryptFinal"/>, for a tag of the size that was asked for.</summary>
    /// <returns>Bytes of payload written.</returns>
    /// <exception cref="TeeException">ShortBuffer.</exception>
    public int EncryptFinal(ReadOnlySpan<byte> source, Span<byte> destination, Span<byte> tag) =>
        Written(TryEncryptFinal(source, destination, out int size, tag, out _), size);

    /// <summary>TEE_AEDecryptFinal: the last of the payload, and whether the tag is right. Panics before <see cref="Init"/>.</summary>
    /// <returns>
    /// Success, with the bytes written; ShortBuffer, with the bytes needed, and nothing has happened; MacInvalid, and the message has
    /// ended: what this call has written is cleared, what earlier ones have is not to be used.
    /// </returns>
    public TeeResult TryDecryptFinal(ReadOnlySpan<byte> source, Span<byte> destination, out int size, ReadOnlySpan<byte> tag)
    {
        Require(Is(HandleState.Initialized));
        TeeResult result = Utee.AuthencDecFinal(Handle, source, destination, out size, tag);
        if (result != TeeResult.MacInvalid)
            Told(result);
        if (result != TeeResult.ShortBuffer)
            Restart();
        return result;
    }

    /// <summary>TEE_CopyOperation: key and progress of another one. Panics unless that is for the same algorithm and mode.</summary>
    public void CopyFrom(AeOperation source)
    {
        ArgumentNullException.ThrowIfNull(source);
        base.CopyFrom(source);
        _tagSize = source._tagSize;
    }

    private protected override int DigestLength => _tagSize;

    private protected override void Restart() => (State, IsActive) = (State & ~HandleState.Initialized, false);
}
