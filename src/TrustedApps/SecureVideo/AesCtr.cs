using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace RestrictedTee.TrustedApps.SecureVideo;

/// <summary>
/// AES in counter mode (NIST SP 800-38A section 6.5) with a 128-bit big-endian counter, as OpenSSL counts, over .NET's AES.
/// Keystream is made in batches, straight into the destination, and the ciphertext is then added to it: no other buffer
/// ever holds a byte of plaintext.
/// </summary>
internal static class AesCtr
{
    internal const int BlockSize = 16;

    /// <summary>Large enough to make the call into OpenSSL cheap (about a microsecond), small enough for keystream and text to stay in the second-level cache.</summary>
    private const int Batch = 64 * 1024;

    /// <summary>Decrypts (or encrypts) from byte <paramref name="position"/> of the stream on.</summary>
    internal static void Transform(Aes aes, ReadOnlySpan<byte> initialCounter, ulong position, ReadOnlySpan<byte> source, Span<byte> destination)
    {
        UInt128 counter = unchecked(BinaryPrimitives.ReadUInt128BigEndian(initialCounter) + (position / BlockSize));
        int skip = (int)(position % BlockSize);
        Span<byte> block = stackalloc byte[BlockSize];
        if (skip != 0)
        {
            int count = Math.Min(BlockSize - skip, source.Length);
            MakeKeystream(aes, ref counter, block);
            Xor(source[..count], block.Slice(skip, count), destination[..count]);
            source = source[count..];
            destination = destination[count..];
        }

        while (source.Length >= BlockSize)
        {
            int count = Math.Min(source.Length / BlockSize * BlockSize, Batch);
            Span<byte> keystream = destination[..count];
            MakeKeystream(aes, ref counter, keystream);
            Xor(source[..count], keystream, keystream);
            source = source[count..];
            destination = destination[count..];
        }

        if (!source.IsEmpty)
        {
            MakeKeystream(aes, ref counter, block);
            Xor(source, block[..source.Length], destination[..source.Length]);
        }

        CryptographicOperations.ZeroMemory(block);
    }

    private static void MakeKeystream(Aes aes, ref UInt128 counter, Span<byte> keystream)
    {
        Span<ulong> words = MemoryMarshal.Cast<byte, ulong>(keystream);
        while (!words.IsEmpty)
        {
            // The upper half changes once in 2^64 blocks, so all but that one step is 64-bit arithmetic.
            ulong upper = BinaryPrimitives.ReverseEndianness((ulong)(counter >> 64));
            ulong lower = unchecked((ulong)counter);
            int blocks = (int)Math.Min((ulong)words.Length / 2, ulong.MaxValue - lower + (lower == 0 ? 0UL : 1UL));
            Span<ulong> run = words[..(blocks * 2)];
            unchecked
            {
                for (int i = 0; i + 1 < run.Length; i += 2)
                {
                    run[i] = upper;
                    run[i + 1] = BinaryPrimitives.ReverseEndianness(lower++);
                }

                counter += (UInt128)(ulong)blocks;
            }

            words = words[run.Length..];
        }

        aes.EncryptEcb(keystream, keystream, PaddingMode.None);
    }

    private static void Xor(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b, Span<byte> result)
    {
        int i = 0;
        for (; i <= result.Length - Vector<byte>.Count; i += Vector<byte>.Count)
            (new Vector<byte>(a[i..]) ^ new Vector<byte>(b[i..])).CopyTo(result[i..]);
        for (; i < result.Length; i++)
            result[i] = (byte)(a[i] ^ b[i]);
    }
}
