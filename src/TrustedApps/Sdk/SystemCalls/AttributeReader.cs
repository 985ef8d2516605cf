using System.Buffers.Binary;

namespace RestrictedTee.Sdk;

/// <summary>
/// Attributes as they cross to the kernel, one after the other: identifier and length, 4 bytes each, and as many bytes; of a value its two
/// numbers. Memory that others may write to is not what this reads: it has been copied there once.
/// </summary>
internal ref struct AttributeReader(ReadOnlySpan<byte> encoded)
{
    private const int HeaderSize = 8;

    private ReadOnlySpan<byte> _rest = encoded;

    /// <summary>The attribute that was read last.</summary>
    internal AttributeId Id { get; private set; }

    /// <summary>Its bytes; those of its two numbers where it is a value.</summary>
    internal ReadOnlySpan<byte> Content { get; private set; }

    /// <summary>The first number of a value.</summary>
    internal readonly uint A => BinaryPrimitives.ReadUInt32LittleEndian(Content);

    /// <summary>The second number of a value.</summary>
    internal readonly uint B => BinaryPrimitives.ReadUInt32LittleEndian(Content[4..]);

    /// <summary>Whether an attribute is a value, and not bytes (TEE_ATTR_FLAG_VALUE).</summary>
    internal static bool IsValue(AttributeId id) => ((uint)id & 1u << 29) != 0;

    /// <summary>Whether an attribute may be read of a key that is not extractable (TEE_ATTR_FLAG_PUBLIC).</summary>
    internal static bool IsPublic(AttributeId id) => ((uint)id & 1u << 28) != 0;

    /// <summary>What an attribute takes up, in bytes.</summary>
    internal static int SizeOf(int content) => HeaderSize + content;

    /// <summary>Writes one, and says what is left of the room.</summary>
    internal static Span<byte> Write(Span<byte> room, AttributeId id, ReadOnlySpan<byte> content)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(room, (uint)id);
        BinaryPrimitives.WriteInt32LittleEndian(room[4..], content.Length);
        content.CopyTo(room[HeaderSize..]);
        return room[(HeaderSize + content.Length)..];
    }

    /// <summary>Whether all of it is attributes; what is not is a TA's defect.</summary>
    internal static bool IsWhole(ReadOnlySpan<byte> encoded)
    {
        while (encoded.Length >= HeaderSize)
        {
            int length = BinaryPrimitives.ReadInt32LittleEndian(encoded[4..]);
            if (length < 0 || length > encoded.Length - HeaderSize || (IsValue((AttributeId)BinaryPrimitives.ReadUInt32LittleEndian(encoded)) && length != 8))
                return false;
            encoded = encoded[(HeaderSize + length)..];
        }

        return encoded.IsEmpty;
    }

    /// <summary>The next one.</summary>
    /// <returns>Whether there is one.</returns>
    internal bool Read()
    {
        if (_rest.IsEmpty)
            return false;
        Id = (AttributeId)BinaryPrimitives.ReadUInt32LittleEndian(_rest);
        int length = BinaryPrimitives.ReadInt32LittleEndian(_rest[4..]);
        Content = _rest.Slice(HeaderSize, length);
        _rest = _rest[(HeaderSize + length)..];
        return true;
    }

    /// <summary>The first attribute of that identifier, among those that have not been read.</summary>
    internal readonly bool TryFind(AttributeId id, out AttributeReader found)
    {
        found = this;
        while (found.Read())
        {
            if (found.Id == id)
                return true;
        }

        return false;
    }
}
