using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace RestrictedTee.Sdk;

/// <summary>
/// A key that is in no storage (TEE_ObjectHandle of a transient object). Its attributes lie in secure RAM, count against the TA's
/// data size and are wiped when it is reset or disposed, and when the instance ends. A use that breaks the contract of the API
/// (a handle that was disposed, attributes where there are some already, a secret of an object that is not extractable) panics.
/// </summary>
public sealed class TransientObject : IDisposable
{
    private uint _handle;

    private TransientObject(uint handle) => _handle = handle;

    internal uint Handle => _handle;

    /// <summary>TEE_AllocateTransientObject.</summary>
    /// <param name="type">What it will be.</param>
    /// <param name="maxSize">The largest size that it is to hold, in bits.</param>
    /// <exception cref="TeeException">NotSupported: there is no such type, or not of that size; OutOfMemory.</exception>
    public static TransientObject Allocate(ObjectType type, int maxSize)
    {
        TeeResult result = Utee.CrypObjAlloc(type, maxSize, out uint handle);
        return result == TeeResult.Success ? new TransientObject(handle) : throw new TeeException(result, TeeOrigin.Tee);
    }

    /// <summary>TEE_GetObjectInfo1.</summary>
    public TeeObjectInfo Info
    {
        get
        {
            Require(Utee.CrypObjGetInfo(_handle, out TeeObjectInfo info));
            return info;
        }
    }

    /// <summary>
    /// TEE_PopulateTransientObject. Panics when it is populated, when the type has another attribute, when one is missing or repeated, and when
    /// one has no room in an object of its size.
    /// </summary>
    /// <exception cref="TeeException">BadParameters: the values are of no key, or of a size that the type does not have.</exception>
    public void Populate(AttributeList attributes)
    {
        ArgumentNullException.ThrowIfNull(attributes);
        Answer(Utee.CrypObjPopulate(_handle, attributes.Encoded));
    }

    /// <summary>As the other, of a type that has one attribute.</summary>
    /// <exception cref="TeeException">As for the other; OutOfMemory.</exception>
    public void Populate(AttributeId attribute, ReadOnlySpan<byte> value)
    {
        using var one = new AttributeList { { attribute, value } };
        Populate(one);
    }

    /// <summary>
    /// TEE_GenerateKey: fills it. Panics when it is populated, when the type has no such size (in bits), or cannot be made; and when a parameter
    /// is missing, repeated or none of the type.
    /// </summary>
    /// <exception cref="TeeException">BadParameters: there is no key by these parameters.</exception>
    public void GenerateKey(int size, AttributeList? parameters = null) =>
        Answer(Utee.CrypObjGenerateKey(_handle, size, parameters is null ? [] : parameters.Encoded));

    /// <summary>
    /// TEE_GetObjectBufferAttribute: numbers are big-endian, without leading zeroes. Panics for an attribute that is a value, for an object
    /// without attributes, and for what is secret of one that is not extractable.
    /// </summary>
    /// <returns>Success, with the bytes written; ShortBuffer, with the bytes needed, and nothing is written; ItemNotFound.</returns>
    public TeeResult TryGetBufferAttribute(AttributeId attribute, Span<byte> value, out int size)
    {
        Require(!AttributeReader.IsValue(attribute));
        TeeResult result = Utee.CrypObjGetAttr(_handle, attribute, value, out size);
        if (result is not (TeeResult.ItemNotFound or TeeResult.ShortBuffer))
            Require(result);
        return result;
    }

    /// <summary>As <see cref="TryGetBufferAttribute"/>.</summary>
    /// <returns>Bytes written.</returns>
    /// <exception cref="TeeException">ItemNotFound; ShortBuffer, and nothing is written.</exception>
    public int GetBufferAttribute(AttributeId attribute, Span<byte> value)
    {
        TeeResult result = TryGetBufferAttribute(attribute, value, out int size);
        return result == TeeResult.Success ? size : throw new TeeException(result, TeeOrigin.Tee);
    }

    /// <summary>TEE_GetObjectValueAttribute. Panics for an attribute that is bytes, and for an object without attributes.</summary>
    /// <exception cref="TeeException">ItemNotFound.</exception>
    public (uint A, uint B) GetValueAttribute(AttributeId attribute)
    {
        Require(AttributeReader.IsValue(attribute));
        Span<byte> value = stackalloc byte[8];
        TeeResult result = Utee.CrypObjGetAttr(_handle, attribute, value, out _);
        if (result == TeeResult.ItemNotFound)
            throw new TeeException(result, TeeOrigin.Tee);
        Require(result);
        return (BinaryPrimitives.ReadUInt32LittleEndian(value), BinaryPrimitives.ReadUInt32LittleEndian(value[4..]));
    }

    /// <summary>TEE_RestrictObjectUsage1: what is not in <paramref name="usage"/> is forbidden until the object is reset.</summary>
    public void RestrictUsage(KeyUsage usage) => Require(Utee.CrypObjRestrictUsage(_handle, usage));

    /// <summary>TEE_CopyObjectAttributes1: takes another object's attributes and its usage. Panics unless this one is empty and of that type, or of its public half.</summary>
    public void CopyAttributesFrom(TransientObject source)
    {
        ArgumentNullException.ThrowIfNull(source);
        Require(Utee.CrypObjCopy(_handle, source._handle));
    }

    /// <summary>TEE_ResetTransientObject: wipes it; it can be populated again, for every use.</summary>
    public void Reset() => Require(Utee.CrypObjReset(_handle));

    /// <summary>TEE_FreeTransientObject, TEE_CloseObject: wipes it and gives it back.</summary>
    public void Dispose()
    {
        uint handle = Interlocked.Exchange(ref _handle, 0);
        if (handle != 0)
            Require(Utee.CrypObjClose(handle));
    }

    private static void Answer(TeeResult result, [CallerMemberName] string member = "")
    {
        if (result == TeeResult.BadParameters)
            throw new TeeException(result, TeeOrigin.Tee);
        Require(result, member);
    }

    private static void Require(bool isKept, [CallerMemberName] string member = "") => Contract.Require(isKept, nameof(TransientObject), member);

    private static void Require(TeeResult result, [CallerMemberName] string member = "") => Contract.Require(result, nameof(TransientObject), member);
}
