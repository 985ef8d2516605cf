using System.Buffers.Binary;
using System.Security.Cryptography;
using RestrictedTee.Sdk;

namespace RestrictedTee.SecureWorld.Crypto.Modes;

/// <summary>
/// XTS (IEEE 1619) over a library's block cipher, for the ciphers that no library on the machine has it of. A message may come in pieces of
/// whole blocks; the last one steals what it lacks.
/// </summary>
internal sealed class XtsMode : CipherEngine
{
    private const int BlockSize = 16;
    private const int Stride = 64 * BlockSize;

    private readonly CipherEngine _data;
    private readonly CipherEngine _tweaks;
    private readonly bool _encrypts;
    private UInt128 _tweak; // of the block that comes next; the first byte is the lowest

    private XtsMode(CipherEngine data, CipherEngine tweaks, bool encrypts) => (_data, _tweaks, _encrypts) = (data, tweaks, encrypts);

    /// <param name="blocks">The cipher, block by block.</param>
    internal static Provider<CipherEngine> Over(Provider<CipherEngine> blocks) => new(
        blocks.Name,
        blocks.IsAvailable,
        mode => new XtsMode(blocks.Create(mode), blocks.Create(OperationMode.Encrypt), mode == OperationMode.Encrypt));

    public override void Dispose()
    {
        _data.Dispose();
        _tweaks.Dispose();
        _tweak = 0;
    }

    internal override void Begin(ReadOnlySpan<byte> key, ReadOnlySpan<byte> iv)
    {
        Span<byte> tweak = stackalloc byte[BlockSize];
        _data.Begin(key[..(key.Length / 2)], []);
        _tweaks.Begin(key[(key.Length / 2)..], []);
        _tweaks.Update(iv, tweak);
        _tweak = BinaryPrimitives.ReadUInt128LittleEndian(tweak);
    }

    internal override void Update(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        Span<byte> tweaks = stackalloc byte[Stride], text = stackalloc byte[Stride];
        while (!source.IsEmpty)
        {
            int count = Math.Min(source.Length, Stride);
            for (int at = 0; at < count; at += BlockSize)
            {
                BinaryPrimitives.WriteUInt128LittleEndian(tweaks[at..], _tweak);
                _tweak = GaloisField.Double(_tweak);
            }

            Whiten(source[..count], tweaks, text);
            _data.Update(text[..count], text[..count]);
            Whiten(text[..count], tweaks, destination);
            source = source[count..];
            destination = destination[count..];
        }

        CryptographicOperations.ZeroMemory(text);
    }

    /// <summary>Of whole blocks, or of more than one.</summary>
    internal override void Finish(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        int rest = source.Length % BlockSize;
        if (rest == 0)
        {
            Update(source, destination);
            return;
        }

        int whole = source.Length - rest - BlockSize;
        Span<byte> tail = stackalloc byte[2 * BlockSize], stolen = stackalloc byte[2 * BlockSize];
        source[whole..].CopyTo(tail);
        Update(source[..whole], destination[..whole]);
        UInt128 first = _tweak, second = GaloisField.Double(_tweak);
        _tweak = _encrypts ? first : second;
        Update(tail[..BlockSize], stolen[..BlockSize]);
        stolen[..rest].CopyTo(stolen[BlockSize..]);
        tail.Slice(BlockSize, rest).CopyTo(stolen);
        _tweak = _encrypts ? second : first;
        Update(stolen[..BlockSize], stolen[..BlockSize]);
        stolen[..(BlockSize + rest)].CopyTo(destination[whole..]);
        CryptographicOperations.ZeroMemory(tail);
        CryptographicOperations.ZeroMemory(stolen);
    }

    internal override void CopyFrom(CipherEngine source)
    {
        var other = (XtsMode)source;
        _data.CopyFrom(other._data);
        _tweaks.CopyFrom(other._tweaks);
        _tweak = other._tweak;
    }

    internal override void Forget()
    {
        _data.Forget();
        _tweaks.Forget();
        _tweak = 0;
    }

    private static void Whiten(ReadOnlySpan<byte> source, ReadOnlySpan<byte> tweaks, Span<byte> destination)
    {
        for (int at = 0; at < source.Length; at += BlockSize)
            BinaryPrimitives.WriteUInt128LittleEndian(destination[at..], BinaryPrimitives.ReadUInt128LittleEndian(source[at..]) ^ BinaryPrimitives.ReadUInt128LittleEndian(tweaks[at..]));
    }
}
