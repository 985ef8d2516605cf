using System.Runtime.CompilerServices;

namespace RestrictedTee.Sdk;

/// <summary>A digest (GPD_SPE_010 section 6.3). It has no key and begins by itself, again after each end.</summary>
public sealed class DigestOperation : CryptoOperation
{
    private DigestOperation(TeeAlgorithm algorithm, uint handle)
        : base(algorithm, OperationMode.Digest, maxKeySize: 0, KeyUsage.None, new OperationHandles(handle)) => Begin(nameof(Allocate));

    /// <summary>TEE_AllocateOperation, with TEE_MODE_DIGEST.</summary>
    /// <exception cref="TeeException">NotSupported: no such digest; OutOfMemory.</exception>
    public static DigestOperation Allocate(TeeAlgorithm algorithm)
    {
        if (AlgorithmNumber.ClassOf(algorithm) != OperationClass.Digest)
            throw new TeeException(TeeResult.NotSupported, TeeOrigin.Tee);
        Refuse(Utee.CrypStateAlloc(algorithm, OperationMode.Digest, 0, 0, out uint handle));
        return new DigestOperation(algorithm, handle);
    }

    /// <summary>TEE_DigestUpdate. Panics after <see cref="Extract"/>.</summary>
    public void Update(ReadOnlySpan<byte> chunk)
    {
        Require(!Is(HandleState.Extracting));
        IsActive = true;
        Require(Utee.HashUpdate(Handle, chunk));
    }

    /// <summary>TEE_DigestDoFinal: the last chunk, and the digest; after <see cref="Extract"/> what is left of it, and no chunk.</summary>
    /// <returns>Success, with the bytes written; ShortBuffer, with the bytes needed, and nothing has happened.</returns>
    public TeeResult TryDoFinal(ReadOnlySpan<byte> chunk, Span<byte> digest, out int size)
    {
        if (Is(HandleState.Extracting))
        {
            Require(chunk.IsEmpty);
            size = Extract(digest);
        }
        else
        {
            TeeResult result = Utee.HashFinal(Handle, chunk, digest, out size);
            if (result == TeeResult.ShortBuffer)
                return result;
            Require(result);
        }

        Begin();
        return TeeResult.Success;
    }

    /// <summary>As <see cref="TryDoFinal"/>.</summary>
    /// <returns>Bytes written.</returns>
    /// <exception cref="TeeException">ShortBuffer.</exception>
    public int DoFinal(ReadOnlySpan<byte> chunk, Span<byte> digest)
    {
        TeeResult result = TryDoFinal(chunk, digest, out int size);
        return result == TeeResult.Success ? size : throw new TeeException(result, TeeOrigin.Tee);
    }

    /// <summary>TEE_DigestExtract: the next bytes of the digest, as many as there are and fit.</summary>
    /// <returns>Bytes written.</returns>
    public int Extract(Span<byte> digest)
    {
        (State, IsActive) = (State | HandleState.Extracting, true);
        Require(Utee.HashExtract(Handle, digest, out int size));
        return size;
    }

    /// <summary>TEE_CopyOperation: progress of another one. Panics unless that is for the same algorithm.</summary>
    public void CopyFrom(DigestOperation source)
    {
        ArgumentNullException.ThrowIfNull(source);
        base.CopyFrom(source);
    }

    private protected override int DigestLength => AlgorithmNumber.DigestSizeOf(Algorithm);

    private protected override void Restart() => Begin(nameof(Reset));

    /// <summary>A digest is always initialised, and its key, which it does not have, always set (GPD_SPE_010 section 6.2.1).</summary>
    private void Begin([CallerMemberName] string member = "")
    {
        Require(Utee.HashInit(Handle), member);
        (State, IsActive) = (HandleState.KeySet | HandleState.Initialized, false);
    }
}
