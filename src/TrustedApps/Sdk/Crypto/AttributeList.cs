using System.Buffers.Binary;
using System.Collections;

namespace RestrictedTee.Sdk;

/// <summary>
/// Attributes for a call (an array of TEE_Attribute): <c>using var parts = new AttributeList { { AttributeId.EccCurve, 3 } };</c>. They lie
/// in secure memory, counted against the TA's data size, and are wiped when the list is disposed.
/// </summary>
public sealed class AttributeList : IDisposable, IEnumerable<AttributeId>
{
    private readonly List<AttributeId> _ids = [];
    private SecureMemory? _memory;
    private int _used;

    /// <summary>How many there are.</summary>
    public int Count => _ids.Count;

    internal Span<byte> Encoded => _memory is null ? [] : _memory.Span[.._used];

    /// <summary>TEE_InitRefAttribute: bytes, big-endian where they are a number. Panics for an attribute that is a value.</summary>
    /// <exception cref="TeeException">OutOfMemory.</exception>
    public void Add(AttributeId id, ReadOnlySpan<byte> content)
    {
        Contract.Require(!AttributeReader.IsValue(id), nameof(AttributeList), nameof(Add));
        Append(id, content);
    }

    /// <summary>TEE_InitValueAttribute: two numbers. Panics for an attribute that is bytes.</summary>
    /// <exception cref="TeeException">OutOfMemory.</exception>
    public void Add(AttributeId id, uint a, uint b = 0)
    {
        if (!AttributeReader.IsValue(id))
            Tee.Panic((uint)TeeResult.BadParameters, GpFunctionTable.Named("TEE_InitValueAttribute")); // the other form of Add is TEE_InitRefAttribute
        Span<byte> content = stackalloc byte[8];
        BinaryPrimitives.WriteUInt32LittleEndian(content, a);
        BinaryPrimitives.WriteUInt32LittleEndian(content[4..], b);
        Append(id, content);
    }

    /// <summary>As the other, for a curve.</summary>
    public void Add(AttributeId id, EccCurve curve) => Add(id, (uint)curve);

    /// <summary>Reads an attribute back: a call may have written to it (TEE_ATTR_SM2_KEP_CONFIRMATION_OUT).</summary>
    /// <returns>Bytes written; 0 where there is no such attribute.</returns>
    public int Read(AttributeId id, Span<byte> content)
    {
        if (!new AttributeReader(Encoded).TryFind(id, out AttributeReader found))
            return 0;
        found.Content.CopyTo(content);
        return found.Content.Length;
    }

    /// <summary>Wipes them and gives the memory back.</summary>
    public void Dispose()
    {
        _memory?.Dispose();
        (_memory, _used) = (null, 0);
        _ids.Clear();
    }

    /// <summary>Which they are, in order.</summary>
    public IEnumerator<AttributeId> GetEnumerator() => _ids.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private void Append(AttributeId id, ReadOnlySpan<byte> content)
    {
        int size = _used + AttributeReader.SizeOf(content.Length);
        if (_memory is null || _memory.Span.Length < size)
        {
            SecureMemory larger = SecureMemory.Allocate(Math.Max(size, 2 * _used));
            Encoded.CopyTo(larger.Span);
            _memory?.Dispose();
            _memory = larger;
        }

        AttributeReader.Write(_memory.Span[_used..], id, content);
        _used = size;
        _ids.Add(id);
    }
}
