using System.Buffers;
using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.SecretMemory;

namespace RestrictedTee.SecureWorld.Kernel.Objects;

/// <summary>
/// Input that a library looks at more than once, where nobody else writes to it. EdDSA hashes a message twice (RFC 8032 section 5.1.6): two
/// signatures with different messages in the second hash tell the key. And the first half of a signature is hashed, then compared.
/// </summary>
internal readonly ref struct InputCopy : IDisposable
{
    /// <summary>The most that the managed heap, which is bounded, is asked for, in bytes; what is larger is mapped.</summary>
    private const int LargestPooled = 64 * 1024;

    private readonly byte[]? _pooled;
    private readonly SecretMapping? _mapped;

    /// <exception cref="TeeException">OutOfMemory.</exception>
    internal InputCopy(ReadOnlySpan<byte> input)
    {
        if (input.Length <= LargestPooled)
            Bytes = Fill(_pooled = ArrayPool<byte>.Shared.Rent(input.Length), input);
        else
            Bytes = Fill((_mapped = Map(input.Length)).Span, input);
    }

    internal ReadOnlySpan<byte> Bytes { get; }

    /// <summary>Wipes it: it may be what a secret is signed or encrypted by.</summary>
    public void Dispose()
    {
        _mapped?.Dispose();
        if (_pooled is null)
            return;
        _pooled.AsSpan(0, Bytes.Length).Clear();
        ArrayPool<byte>.Shared.Return(_pooled);
    }

    private static SecretMapping Map(int size)
    {
        try
        {
            return SecretMapping.Create(size, SecretMemoryChoice.Off);
        }
        catch (IOException)
        {
            throw new TeeException(TeeResult.OutOfMemory, TeeOrigin.Tee);
        }
    }

    private static Span<byte> Fill(Span<byte> room, ReadOnlySpan<byte> input)
    {
        input.CopyTo(room);
        return room[..input.Length];
    }
}
