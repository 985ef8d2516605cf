using System.Buffers.Binary;
using RestrictedTee.Sdk;

namespace RestrictedTee.SecureWorld.Crypto;

/// <summary>What a key is made of: attributes in secure RAM, lent for the length of a call.</summary>
/// <param name="row">Its type.</param>
/// <param name="maxSize">The size that there is room for, in bits.</param>
/// <param name="memory">The attributes, one after the other, each with all its room.</param>
/// <param name="sizes">How many bytes of its room each takes up; -1 for none.</param>
internal readonly ref struct KeyMaterial(ObjectTypeRow row, int maxSize, Span<byte> memory, Span<int> sizes)
{
    private readonly Span<byte> _memory = memory;
    private readonly Span<int> _sizes = sizes;

    internal ObjectTypeRow Row => row;

    /// <summary>The first attribute; of a key that is a secret, the secret.</summary>
    internal ReadOnlySpan<byte> Secret => Of(0);

    /// <summary>An attribute; empty where it is absent.</summary>
    internal ReadOnlySpan<byte> this[AttributeId id] => row.IndexOf(id) is var index and >= 0 ? Of(index) : [];

    internal bool Has(AttributeId id) => row.IndexOf(id) is var index and >= 0 && _sizes[index] >= 0;

    /// <summary>The first number of a value; 0 where it is absent.</summary>
    internal uint Value(AttributeId id) => this[id] is { IsEmpty: false } value ? BinaryPrimitives.ReadUInt32LittleEndian(value) : 0;

    /// <summary>Takes over an attribute; a number without its leading zeroes.</summary>
    /// <returns>Whether there was room.</returns>
    internal bool Set(AttributeId id, ReadOnlySpan<byte> content)
    {
        int index = row.IndexOf(id);
        if (row.Attributes[index].Kind == AttributeKind.Number)
            content = content.TrimStart((byte)0);
        Span<byte> room = RoomOf(index);
        if (!content.TryCopyTo(room))
            return false;
        room[content.Length..].Clear();
        _sizes[index] = content.Length;
        return true;
    }

    /// <summary>Takes over a value.</summary>
    internal void Set(AttributeId id, uint value)
    {
        Span<byte> content = stackalloc byte[8];
        BinaryPrimitives.WriteUInt32LittleEndian(content, value);
        Set(id, content);
    }

    internal void Clear()
    {
        _memory.Clear();
        _sizes.Fill(-1);
    }

    internal ReadOnlySpan<byte> Of(int index) => _sizes[index] < 0 ? [] : RoomOf(index)[.._sizes[index]];

    private Span<byte> RoomOf(int index)
    {
        int at = 0;
        for (int i = 0; i < index; i++)
            at += row.RoomOf(i, maxSize);
        return _memory.Slice(at, row.RoomOf(index, maxSize));
    }
}

/// <summary>Makes a key of so many bits, from what has been given of it.</summary>
/// <returns>BadParameters when no key is to be had from that.</returns>
internal delegate TeeResult KeyGeneration(KeyMaterial key, int bits);

/// <summary>Whether what has been given is a key: a point is on its curve, and so on.</summary>
internal delegate bool KeyCheck(KeyMaterial key);

/// <summary>A library that makes keys of a type.</summary>
/// <param name="Name">The library.</param>
/// <param name="Serves">Whether it is on this machine and makes keys of so many bits.</param>
/// <param name="Generate">Makes one; null for a type of which none is made.</param>
/// <param name="Check">Looks at one that is given.</param>
internal sealed record KeyProvider(string Name, Func<int, bool> Serves, KeyGeneration? Generate, KeyCheck Check);
