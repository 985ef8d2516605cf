namespace RestrictedTee.SecureWorld.Crypto;

/// <summary>A cipher of a library, with a key and wherever it has got. One thread at a time; <see cref="IDisposable.Dispose"/> wipes it.</summary>
internal abstract class CipherEngine : IDisposable
{
    /// <summary>Takes a key and begins. Of sizes that the algorithm's row allows.</summary>
    internal abstract void Begin(ReadOnlySpan<byte> key, ReadOnlySpan<byte> iv);

    /// <summary>
    /// As many bytes as go in come out: whole blocks, or any number where the algorithm's block is a byte. The two are the same
    /// memory or disjoint.
    /// </summary>
    internal abstract void Update(ReadOnlySpan<byte> source, Span<byte> destination);

    /// <summary>Takes over key and progress of an engine of the same kind.</summary>
    internal abstract void CopyFrom(CipherEngine source);

    /// <summary>Forgets the key.</summary>
    internal abstract void Forget();

    public abstract void Dispose();
}

/// <summary>A digest of a library, wherever it has got. As <see cref="CipherEngine"/>.</summary>
internal abstract class DigestEngine : IDisposable
{
    /// <summary>Begins anew.</summary>
    internal abstract void Begin();

    internal abstract void Update(ReadOnlySpan<byte> chunk);

    /// <summary>Tells the digest, into a span of its size.</summary>
    internal abstract void Finish(Span<byte> digest);

    /// <summary>Takes over the progress of an engine of the same kind.</summary>
    internal abstract void CopyFrom(DigestEngine source);

    public abstract void Dispose();
}
