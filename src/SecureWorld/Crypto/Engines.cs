using System.Security.Cryptography;

namespace RestrictedTee.SecureWorld.Crypto;

/// <summary>
/// An algorithm of a library, with a key where it takes one and wherever it has got. One thread at a time; <see cref="IDisposable.Dispose"/>
/// wipes it.
/// </summary>
/// <typeparam name="TSelf">The kind of engine.</typeparam>
internal abstract class Engine<TSelf> : IDisposable
{
    /// <summary>Takes over key and progress of an engine of the same kind.</summary>
    internal abstract void CopyFrom(TSelf source);

    /// <summary>Forgets the key.</summary>
    internal abstract void Forget();

    public abstract void Dispose();
}

/// <summary>A cipher of a library.</summary>
internal abstract class CipherEngine : Engine<CipherEngine>
{
    /// <summary>Takes a key and begins. Of sizes that the algorithm's row allows.</summary>
    internal abstract void Begin(ReadOnlySpan<byte> key, ReadOnlySpan<byte> iv);

    /// <summary>
    /// As many bytes as go in come out: whole blocks, or any number where the algorithm's block is a byte. The two are the same
    /// memory or disjoint.
    /// </summary>
    internal abstract void Update(ReadOnlySpan<byte> source, Span<byte> destination);

    /// <summary>The last piece, which need not be of whole blocks where the algorithm steals what is missing from the block before.</summary>
    internal virtual void Finish(ReadOnlySpan<byte> source, Span<byte> destination) => Update(source, destination);
}

/// <summary>A digest, or a MAC, of a library.</summary>
internal abstract class HashEngine : Engine<HashEngine>
{
    /// <summary>Begins anew. A digest has no key.</summary>
    internal abstract void Begin(ReadOnlySpan<byte> key);

    internal abstract void Update(ReadOnlySpan<byte> chunk);

    /// <summary>Tells the result, into a span of its size.</summary>
    internal abstract void Finish(Span<byte> result);

    /// <summary>The next bytes of a result that has no end.</summary>
    internal virtual void Squeeze(Span<byte> result) => throw new NotSupportedException("This digest has an end.");
}

/// <summary>Authenticated encryption of a library.</summary>
internal abstract class AeEngine : Engine<AeEngine>
{
    /// <summary>Takes a key and begins.</summary>
    internal abstract void Begin(ReadOnlySpan<byte> key, ReadOnlySpan<byte> nonce, AeSizes sizes);

    /// <summary>Data that is authenticated only; before any that is encrypted too.</summary>
    internal abstract void UpdateAad(ReadOnlySpan<byte> data);

    /// <summary>As many bytes as go in come out.</summary>
    internal abstract void Update(ReadOnlySpan<byte> source, Span<byte> destination);

    /// <summary>Tells the tag, of the size that is asked for.</summary>
    internal abstract void Finish(Span<byte> tag);

    /// <summary>Whether the tag is right; found out in a time that does not depend on where it differs.</summary>
    internal virtual bool Verify(ReadOnlySpan<byte> tag)
    {
        Span<byte> right = stackalloc byte[tag.Length];
        Finish(right);
        bool isRight = CryptographicOperations.FixedTimeEquals(right, tag);
        CryptographicOperations.ZeroMemory(right); // for a message whose tag was wrong it is the right one
        return isRight;
    }
}

/// <summary>What is known of a message before it begins, in bytes.</summary>
/// <param name="Tag">The tag.</param>
/// <param name="Aad">What is authenticated only; of no meaning to who need not know it.</param>
/// <param name="Payload">What is encrypted; likewise.</param>
internal readonly record struct AeSizes(int Tag, int Aad, int Payload);
