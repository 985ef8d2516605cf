using System.Security.Cryptography;

namespace RestrictedTee.Sdk;

/// <summary>A message authentication code (GPD_SPE_010 section 6.5).</summary>
public sealed class MacOperation : CryptoOperation
{
    /// <summary>TEE_MAX_HASH_SIZE: the longest code, in bytes.</summary>
    private const int MaxSize = 64;

    private MacOperation(TeeAlgorithm algorithm, int maxKeySize, OperationHandles handles)
        : base(algorithm, OperationMode.Mac, maxKeySize, KeyUsage.Mac, handles)
    {
    }

    /// <summary>TEE_AllocateOperation, with TEE_MODE_MAC.</summary>
    /// <param name="algorithm">A MAC.</param>
    /// <param name="maxKeySize">The largest key that it is to take, in bits.</param>
    /// <exception cref="TeeException">NotSupported: no such MAC or size; OutOfMemory.</exception>
    public static MacOperation Allocate(TeeAlgorithm algorithm, int maxKeySize)
    {
        if (AlgorithmNumber.ClassOf(algorithm) != OperationClass.Mac)
            throw new TeeException(TeeResult.NotSupported, TeeOrigin.Tee);
        return new MacOperation(algorithm, maxKeySize, AllocateKeyed(algorithm, OperationMode.Mac, maxKeySize));
    }

    /// <summary>TEE_MACInit: begins, or begins anew. Panics without a key. No MAC that there is has an IV.</summary>
    public void Init()
    {
        Require(Is(HandleState.KeySet));
        Require(Utee.HashInit(Handle));
        (State, IsActive) = (State | HandleState.Initialized, true);
    }

    /// <summary>TEE_MACUpdate. Panics before <see cref="Init"/>.</summary>
    public void Update(ReadOnlySpan<byte> chunk)
    {
        Require(IsActive);
        Require(Utee.HashUpdate(Handle, chunk));
    }

    /// <summary>
    /// TEE_MACComputeFinal: the last chunk, and the code. Panics before <see cref="Init"/>, and where the message must be of whole
    /// blocks and is not.
    /// </summary>
    /// <returns>Success, with the bytes written; ShortBuffer, with the bytes needed, and nothing has happened.</returns>
    public TeeResult TryComputeFinal(ReadOnlySpan<byte> message, Span<byte> mac, out int size)
    {
        Require(IsActive);
        TeeResult result = Utee.HashFinal(Handle, message, mac, out size);
        if (result == TeeResult.ShortBuffer)
            return result;
        Require(result);
        Restart();
        return TeeResult.Success;
    }

    /// <summary>As <see cref="TryComputeFinal"/>.</summary>
    /// <returns>Bytes written.</returns>
    /// <exception cref="TeeException">ShortBuffer.</exception>
    public int ComputeFinal(ReadOnlySpan<byte> message, Span<byte> mac)
    {
        TeeResult result = TryComputeFinal(message, mac, out int size);
        return result == TeeResult.Success ? size : throw new TeeException(result, TeeOrigin.Tee);
    }

    /// <summary>
    /// TEE_MACCompareFinal: the last chunk, and whether the code is the one given (else TEE_ERROR_MAC_INVALID), found out in a time that
    /// does not depend on where they differ. Panics before <see cref="Init"/>.
    /// </summary>
    public bool CompareFinal(ReadOnlySpan<byte> message, ReadOnlySpan<byte> mac)
    {
        Require(IsActive);
        Span<byte> computed = stackalloc byte[MaxSize];
        int size = ComputeFinal(message, computed);
        bool isSame = CryptographicOperations.FixedTimeEquals(computed[..size], mac);
        CryptographicOperations.ZeroMemory(computed); // for a message whose code was wrong it is the right one
        return isSame;
    }

    /// <summary>TEE_CopyOperation: key and progress of another one. Panics unless that is for the same algorithm.</summary>
    public void CopyFrom(MacOperation source)
    {
        ArgumentNullException.ThrowIfNull(source);
        base.CopyFrom(source);
    }

    private protected override int DigestLength => AlgorithmNumber.DigestSizeOf(Algorithm);

    private protected override void Restart() => (State, IsActive) = (State & ~HandleState.Initialized, false);
}
