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
        TeeResult result = TeeCore.Current.Objects.Allocate(type, maxSize, out uint handle);
        return result == TeeResult.Success ? new TransientObject(handle) : throw new TeeException(result, TeeOrigin.Tee);
    }

    /// <summary>TEE_GetObjectInfo1.</summary>
    public TeeObjectInfo Info
    {
        get
        {
            Contract.Require(TeeCore.Current.Objects.GetInfo(_handle, out TeeObjectInfo info));
            return info;
        }
    }

    /// <summary>TEE_PopulateTransientObject, of a type that has one attribute. Panics when it is populated, or has no such attribute.</summary>
    /// <exception cref="TeeException">BadParameters: the value is of a size that the type does not have.</exception>
    public void Populate(AttributeId attribute, ReadOnlySpan<byte> value)
    {
        TeeResult result = TeeCore.Current.Objects.Populate(_handle, attribute, value);
        if (result == TeeResult.BadParameters)
            throw new TeeException(result, TeeOrigin.Tee);
        Contract.Require(result);
    }

    /// <summary>TEE_GenerateKey: fills it at random. Panics when it is populated, or when the type has no such size (in bits).</summary>
    public void GenerateKey(int size) => Contract.Require(TeeCore.Current.Objects.GenerateKey(_handle, size));

    /// <summary>TEE_GetObjectBufferAttribute.</summary>
    /// <returns>Bytes written.</returns>
    /// <exception cref="TeeException">ItemNotFound; ShortBuffer, and nothing is written.</exception>
    public int GetBufferAttribute(AttributeId attribute, Span<byte> value)
    {
        TeeResult result = TeeCore.Current.Objects.GetAttribute(_handle, attribute, value, out int size);
        if (result is TeeResult.ItemNotFound or TeeResult.ShortBuffer)
            throw new TeeException(result, TeeOrigin.Tee);
        Contract.Require(result);
        return size;
    }

    /// <summary>TEE_RestrictObjectUsage1: what is not in <paramref name="usage"/> is forbidden until the object is reset.</summary>
    public void RestrictUsage(KeyUsage usage) => Contract.Require(TeeCore.Current.Objects.RestrictUsage(_handle, usage));

    /// <summary>TEE_CopyObjectAttributes1: takes another object's attributes and its usage. Panics unless this one is empty and of that type.</summary>
    public void CopyAttributesFrom(TransientObject source)
    {
        ArgumentNullException.ThrowIfNull(source);
        Contract.Require(TeeCore.Current.Objects.Copy(_handle, source._handle));
    }

    /// <summary>TEE_ResetTransientObject: wipes it; it can be populated again, for every use.</summary>
    public void Reset() => Contract.Require(TeeCore.Current.Objects.Reset(_handle));

    /// <summary>TEE_FreeTransientObject: wipes it and gives it back.</summary>
    public void Dispose()
    {
        uint handle = Interlocked.Exchange(ref _handle, 0);
        if (handle != 0)
            Contract.Require(TeeCore.Current.Objects.Close(handle));
    }
}
