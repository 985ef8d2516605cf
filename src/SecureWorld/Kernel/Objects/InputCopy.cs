using System.Buffers;

namespace RestrictedTee.SecureWorld.Kernel.Objects;

/// <summary>
/// Input that a library looks at more than once, where nobody else writes to it. EdDSA hashes a message twice (RFC 8032 section 5.1.6): two
/// signatures with different messages in the second hash tell the key. And the first half of a signature is hashed, then compared.
/// </summary>
internal readonly ref struct InputCopy : IDisposable
{
    /// <summary>The most that there is room for, in bytes; upstream has less, on the heap of its core.</summary>
    internal const int Largest = 1 << 20;

    private readonly byte[] _room;
    private readonly int _size;

    /// <param name="input">At most <see cref="Largest"/> bytes.</param>
    internal InputCopy(ReadOnlySpan<byte> input)
    {
        (_room, _size) = (ArrayPool<byte>.Shared.Rent(input.Length), input.Length);
        input.CopyTo(_room);
    }

    internal ReadOnlySpan<byte> Bytes => _room.AsSpan(0, _size);

    /// <summary>Wipes it: it may be what a secret is signed or encrypted by.</summary>
    public void Dispose()
    {
        _room.AsSpan(0, _size).Clear();
        ArrayPool<byte>.Shared.Return(_room);
    }
}
