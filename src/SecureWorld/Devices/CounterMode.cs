using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;

namespace RestrictedTee.SecureWorld.Devices;

/// <summary>AES in counter mode (NIST SP 800-38A section 6.5) with a 128-bit big-endian counter. The key stream is made where the result goes.</summary>
internal static class CounterMode
{
    internal const int BlockSize = 16;

    /// <summary>Transforms bytes whose key stream begins with a block of its own, and counts on.</summary>
    /// <param name="aes">With its key.</param>
    /// <param name="counter">The counter of the first block, and then of the block behind the last.</param>
    /// <param name="source">Whole blocks, but for the last.</param>
    /// <param name="destination">As long; apart from the source.</param>
    /// <param name="stream">Room for a key stream as long as the source, in whole blocks.</param>
    internal static void Transform(Aes aes, ref UInt128 counter, ReadOnlySpan<byte> source, Span<byte> destination, Span<byte> stream)
    {
        int whole = (source.Length + BlockSize - 1) / BlockSize * BlockSize;
        for (int at = 0; at < whole; at += BlockSize)
            BinaryPrimitives.WriteUInt128BigEndian(stream[at..], unchecked(counter++));
        aes.EncryptEcb(stream[..whole], stream[..whole], PaddingMode.None);
        int i = 0;
        for (; i <= source.Length - Vector<byte>.Count; i += Vector<byte>.Count)
            (new Vector<byte>(source[i..]) ^ new Vector<byte>(stream[i..])).CopyTo(destination[i..]);
        for (; i < source.Length; i++)
            destination[i] = (byte)(source[i] ^ stream[i]);
    }
}
