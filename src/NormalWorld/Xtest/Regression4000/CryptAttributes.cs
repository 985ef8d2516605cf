using System.Buffers.Binary;

namespace RestrictedTee.Xtest.Regression4000;

/// <summary>Attributes, and how they are packed for the crypt TA.</summary>
internal sealed class CryptAttributes
{
    private const int EntrySize = 12;

    private readonly List<(uint Id, uint A, uint B, byte[] Bytes)> _parts = [];

    internal CryptAttributes Add(uint id, byte[] bytes)
    {
        _parts.Add((id, 0, 0, bytes));
        return this;
    }

    internal CryptAttributes Add(uint id, uint a, uint b = 0)
    {
        _parts.Add((id, a, b, []));
        return this;
    }

    /// <summary>The length of the longest attribute.</summary>
    internal int LongestLength => _parts.Max(part => part.Bytes.Length);

    /// <summary>An attribute's first number; 0 without it.</summary>
    internal uint ValueOf(uint id) => _parts.Find(part => part.Id == id).A;

    /// <summary>How many, then each with where its bytes lie, then the bytes.</summary>
    internal byte[] Pack()
    {
        int at = sizeof(uint) + (_parts.Count * EntrySize);
        byte[] packed = new byte[at + _parts.Sum(part => part.Bytes.Length)];
        BinaryPrimitives.WriteInt32LittleEndian(packed, _parts.Count);
        for (int i = 0; i < _parts.Count; i++)
        {
            (uint id, uint a, uint b, byte[] bytes) = _parts[i];
            bool isValue = (id & 1u << 29) != 0; // TEE_ATTR_FLAG_VALUE
            Span<byte> entry = packed.AsSpan(sizeof(uint) + (i * EntrySize));
            BinaryPrimitives.WriteUInt32LittleEndian(entry, id);
            BinaryPrimitives.WriteUInt32LittleEndian(entry[4..], isValue ? a : (uint)at);
            BinaryPrimitives.WriteUInt32LittleEndian(entry[8..], isValue ? b : (uint)bytes.Length);
            bytes.CopyTo(packed, at);
            at += bytes.Length;
        }

        return packed;
    }
}
