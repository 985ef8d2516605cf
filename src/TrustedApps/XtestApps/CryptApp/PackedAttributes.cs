using System.Buffers.Binary;
using RestrictedTee.Sdk;

namespace RestrictedTee.TrustedApps.XtestApps.CryptApp;

/// <summary>Attributes as the client packs them into one buffer (struct attr_packed of ta/crypt/cryp_taf.c).</summary>
internal static class PackedAttributes
{
    private const int CountSize = sizeof(uint);
    private const int EntrySize = 3 * sizeof(uint);

    /// <summary>Takes them over into secure memory, each number and each byte read once: the client may write to the buffer meanwhile.</summary>
    /// <exception cref="TeeException">BadParameters: something lies outside of the buffer; OutOfMemory.</exception>
    internal static AttributeList Unpack(MemrefInput packed) => Unpack(packed.Span);

    /// <summary>As the other.</summary>
    /// <exception cref="TeeException">As there.</exception>
    internal static AttributeList Unpack(ReadOnlySpan<byte> packed)
    {
        var list = new AttributeList();
        try
        {
            AddAll(list, packed);
            return list;
        }
        catch
        {
            list.Dispose();
            throw;
        }
    }

    private static void AddAll(AttributeList list, ReadOnlySpan<byte> buffer)
    {
        if (buffer.IsEmpty)
            return;
        Require(buffer.Length >= CountSize);
        uint count = BinaryPrimitives.ReadUInt32LittleEndian(buffer);
        Require(count <= (uint)(buffer.Length - CountSize) / EntrySize);
        ReadOnlySpan<byte> entries = buffer.Slice(CountSize, (int)count * EntrySize);
        for (; !entries.IsEmpty; entries = entries[EntrySize..])
        {
            uint id = BinaryPrimitives.ReadUInt32LittleEndian(entries);
            uint a = BinaryPrimitives.ReadUInt32LittleEndian(entries[4..]);
            uint b = BinaryPrimitives.ReadUInt32LittleEndian(entries[8..]);
            if ((id & 1u << 29) != 0) // TEE_ATTR_FLAG_VALUE
                list.Add((AttributeId)id, a, b);
            else
                list.Add((AttributeId)id, Part(buffer, a, b));
        }
    }

    /// <summary>An offset of 0 is a null pointer: nothing lies there.</summary>
    private static ReadOnlySpan<byte> Part(ReadOnlySpan<byte> buffer, uint offset, uint length)
    {
        Require(offset == 0 ? length == 0 : (ulong)offset + length <= (uint)buffer.Length);
        return buffer.Slice((int)offset, (int)length);
    }

    private static void Require(bool isWhole)
    {
        if (!isWhole)
            throw new TeeException(TeeResult.BadParameters);
    }
}
