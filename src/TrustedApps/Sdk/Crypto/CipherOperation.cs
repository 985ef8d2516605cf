namespace RestrictedTee.Sdk;

/// <summary>
/// A symmetric cipher (GPD_SPE_010 section 6.4). Source and destination may be the same memory, or disjoint: if they overlap in
/// another way, the TA panics.
/// </summary>
public sealed class CipherOperation : CryptoOperation
{
    private CipherOperation(TeeAlgorithm algorithm, OperationMode mode, int maxKeySize, OperationHandles handles)
        : base(algorithm, mode, maxKeySize, mode == OperationMode.Encrypt ? KeyUsage.Encrypt : KeyUsage.Decrypt, handles)
    {
    }

    /// <summary>TEE_AllocateOperation.</summary>
    /// <param name="algorithm">A cipher.</param>
    /// <param name="mode">Encrypt or Decrypt.</param>
    /// <param name="maxKeySize">The largest key that it is to take, in bits; where it takes two, of both together.</param>
    /// <exception cref="TeeException">NotSupported: no such cipher, mode or size; OutOfMemory.</exception>
    public static CipherOperation Allocate(TeeAlgorithm algorithm, OperationMode mode, int maxKeySize)
    {
        if (AlgorithmNumber.ClassOf(algorithm) != OperationClass.Cipher || mode is not (OperationMode.Encrypt or OperationMode.Decrypt))
            throw new TeeException(TeeResult.NotSupported, TeeOrigin.Tee);
        return new CipherOperation(algorithm, mode, maxKeySize, AllocateKeyed(algorithm, mode, maxKeySize));
    }

    /// <summary>TEE_CipherInit: begins, or begins anew. Panics without a key, and when the IV is not of the size that the mode wants.</summary>
    public void Init(ReadOnlySpan<byte> iv = default)
    {
        Require(Is(HandleState.KeySet));
        Require(Utee.CipherInit(Handle, iv));
        (State, IsActive) = (State | HandleState.Initialized, true);
    }

    /// <summary>TEE_CipherUpdate. A block that is not complete yet comes with a later piece. Panics before <see cref="Init"/>.</summary>
    /// <returns>Success, with the bytes written; ShortBuffer, with the bytes needed, and nothing has happened.</returns>
    public TeeResult TryUpdate(ReadOnlySpan<byte> source, Span<byte> destination, out int size)
    {
        Require(IsActive);
        return Told(Utee.CipherUpdate(Handle, source, destination, out size));
    }

    /// <summary>As <see cref="TryUpdate"/>.</summary>
    /// <returns>Bytes written.</returns>
    /// <exception cref="TeeException">ShortBuffer.</exception>
    public int Update(ReadOnlySpan<byte> source, Span<byte> destination) => Written(TryUpdate(source, destination, out int size), size);

    /// <summary>TEE_CipherDoFinal: the last piece. Panics before <see cref="Init"/>, and when the whole is not of whole blocks where the mode wants them.</summary>
    /// <returns>As <see cref="TryUpdate"/>.</returns>
    public TeeResult TryDoFinal(ReadOnlySpan<byte> source, Span<byte> destination, out int size)
    {
        Require(IsActive);
        TeeResult result = Told(Utee.CipherFinal(Handle, source, destination, out size));
        if (result == TeeResult.Success)
            Restart();
        return result;
    }

    /// <summary>As <see cref="TryDoFinal"/>.</summary>
    /// <returns>Bytes written.</returns>
    /// <exception cref="TeeException">ShortBuffer.</exception>
    public int DoFinal(ReadOnlySpan<byte> source, Span<byte> destination) => Written(TryDoFinal(source, destination, out int size), size);

    /// <summary>TEE_CopyOperation: key and progress of another one. Panics unless that is for the same algorithm and mode.</summary>
    public void CopyFrom(CipherOperation source)
    {
        ArgumentNullException.ThrowIfNull(source);
        base.CopyFrom(source);
    }

    private protected override void Restart() => (State, IsActive) = (State & ~HandleState.Initialized, false);
}
