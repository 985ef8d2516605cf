using System.Runtime.CompilerServices;

namespace RestrictedTee.Sdk;

/// <summary>
/// An operation (TEE_OperationHandle): the kernel's, with its key in secure RAM; the TA holds a handle. A call in the wrong state
/// panics, as upstream's library does (lib/libutee/tee_api_operations.c). What a TA forgets is wiped when its instance ends.
/// </summary>
public abstract partial class CryptoOperation : IDisposable
{
    private readonly KeyUsage _requiredUsage;
    private readonly OperationHandles _handles;
    private uint _handle;

    private protected CryptoOperation(TeeAlgorithm algorithm, OperationMode mode, int maxKeySize, KeyUsage requiredUsage, OperationHandles handles)
    {
        (Algorithm, Mode, MaxKeySize, _requiredUsage, _handles, _handle) = (algorithm, mode, maxKeySize, requiredUsage, handles, handles.Operation);
        State = _handles.Key2 != 0 ? HandleState.ExpectTwoKeys : HandleState.None;
    }

    /// <summary>What it computes.</summary>
    public TeeAlgorithm Algorithm { get; }

    /// <summary>What it is for.</summary>
    public OperationMode Mode { get; }

    /// <summary>The largest key that it takes, in bits; where it takes two, of both together.</summary>
    public int MaxKeySize { get; }

    /// <summary>TEE_GetOperationInfo. Where there are two keys, what it says of one is nothing: see <see cref="Keys"/>.</summary>
    public TeeOperationInfo Info
    {
        get
        {
            bool hasTwo = _handles.Key2 != 0;
            return new TeeOperationInfo(
                Algorithm, AlgorithmNumber.ClassOf(Algorithm), Mode, DigestLength, MaxKeySize, hasTwo ? 0 : KeySize, hasTwo ? KeyUsage.None : _requiredUsage, State);
        }
    }

    /// <summary>TEE_GetOperationInfoMultiple, the part that is of keys: each with its size, 0 without one, and the usage that it must have.</summary>
    public IReadOnlyList<TeeOperationKeyInfo> Keys => _handles.Key == 0 ? []
        : _handles.Key2 == 0 ? [new(KeySize, _requiredUsage)] : [new(KeySize, _requiredUsage), new(KeySize, _requiredUsage)];

    /// <summary>TEE_GetOperationInfoMultiple, the operationState: whether it has begun (authenticated encryption: has had payload), or its digest is being extracted.</summary>
    public OperationState OperationState => Is(HandleState.Extracting) ? OperationState.Extracting : IsActive ? OperationState.Active : OperationState.Initial;

    /// <summary>digestLength, in bytes: of a digest or a MAC its size, of authenticated encryption that of the tag, of some signatures that of what is signed.</summary>
    private protected virtual int DigestLength => 0;

    private protected uint Handle => _handle;

    private protected HandleState State { get; set; }

    /// <summary>TEE_OPERATION_STATE_ACTIVE: it has begun.</summary>
    private protected bool IsActive { get; set; }

    private protected int KeySize { get; set; }

    /// <summary>
    /// TEE_SetOperationKey: takes a copy of the key; null takes the key away. Panics when the operation has begun, or takes two keys, and when
    /// the key is empty, too large, of another type, or may not be used for this.
    /// </summary>
    public void SetKey(TransientObject? key)
    {
        Require(_handles.Key != 0 && _handles.Key2 == 0 && !Is(HandleState.Initialized));
        int size = key is null ? 0 : UsableSizeOf(key);
        Require(Utee.CrypObjReset(_handles.Key));
        (State, KeySize) = (State & ~HandleState.KeySet, 0);
        if (key is null)
            return;
        Require(Utee.CrypObjCopy(_handles.Key, key.Handle));
        (State, KeySize) = (State | HandleState.KeySet, size);
    }

    /// <summary>
    /// TEE_SetOperationKey2: takes copies of both keys; null twice takes them away. Panics when the operation has begun, or takes one key, and
    /// when a key is empty, too large, of another type or size than the other, or may not be used for this.
    /// </summary>
    /// <exception cref="TeeException">Security: the two are one object.</exception>
    public void SetKeys(TransientObject? key1, TransientObject? key2)
    {
        if (key1 is not null && key1 == key2)
            throw new TeeException(TeeResult.Security, TeeOrigin.Tee);
        Require(_handles.Key2 != 0 && !IsActive && (key1 is null) == (key2 is null));
        int size = key1 is null ? 0 : UsableSizeOf(key1);
        Require(key2 is null || UsableSizeOf(key2) == size);

        Require(Utee.CrypObjReset(_handles.Key));
        Require(Utee.CrypObjReset(_handles.Key2));
        (State, KeySize) = (State & ~HandleState.KeySet, 0);
        if (key1 is null)
            return;
        Require(Utee.CrypObjCopy(_handles.Key, key1.Handle));
        Require(Utee.CrypObjCopy(_handles.Key2, key2!.Handle));
        (State, KeySize) = (State | HandleState.KeySet, size);
    }

    /// <summary>TEE_ResetOperation: as it was when its key had just been set. Panics without a key.</summary>
    public void Reset()
    {
        Require(Is(HandleState.KeySet));
        Restart();
    }

    /// <summary>TEE_FreeOperation: wipes it and gives it back.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>As <see cref="Dispose()"/>; the kernel takes back what no <c>Dispose</c> has given.</summary>
    protected virtual void Dispose(bool disposing)
    {
        uint handle = Interlocked.Exchange(ref _handle, 0);
        if (handle != 0)
            Require(Utee.CrypStateFree(handle));
    }

    /// <summary>Not HasFlag, which allocates until the method that asks has been compiled well.</summary>
    private protected bool Is(HandleState flag) => (State & flag) != 0;

    private protected abstract void Restart();

    /// <summary>TEE_CopyOperation: key and progress of another operation for the same.</summary>
    private protected void CopyFrom(CryptoOperation source)
    {
        Require(source.Algorithm == Algorithm && source.Mode == Mode);
        Require(_handles.Key == 0 || source.KeySize <= MaxKeySize);
        CopyKey(_handles.Key, source._handles.Key, source.Is(HandleState.KeySet));
        CopyKey(_handles.Key2, source._handles.Key2, source.Is(HandleState.KeySet));
        Require(Utee.CrypStateCopy(_handle, source._handle));
        (State, IsActive, KeySize) = (source.State, source.IsActive, source.KeySize);
    }

    /// <summary>TEE_AllocateOperation, of the classes that take a key: makes room for the key, or for two, and the operation around it.</summary>
    private protected static OperationHandles AllocateKeyed(TeeAlgorithm algorithm, OperationMode mode, int maxKeySize)
    {
        bool hasTwo = AlgorithmNumber.HasTwoKeys(algorithm);
        ObjectType type = AlgorithmNumber.KeyTypeOf(algorithm, mode);
        int size = hasTwo ? maxKeySize / 2 : maxKeySize;
        uint key2 = 0;
        Refuse(Utee.CrypObjAlloc(type, size, out uint key));
        TeeResult result = hasTwo ? Utee.CrypObjAlloc(type, size, out key2) : TeeResult.Success;
        uint handle = 0;
        if (result == TeeResult.Success)
            result = Utee.CrypStateAlloc(algorithm, mode, key, key2, out handle);
        if (result != TeeResult.Success)
        {
            Utee.CrypObjClose(key);
            if (key2 != 0)
                Utee.CrypObjClose(key2);
        }

        Refuse(result);
        return new OperationHandles(handle, key, key2);
    }

    /// <summary>TEE_AllocateOperation may be refused; for all else that fails the TA panics.</summary>
    private protected static void Refuse(TeeResult result)
    {
        ThrowIfRefused(result);
        Contract.Require(result, nameof(CryptoOperation), nameof(AllocateAny));
    }

    private protected static void ThrowIfRefused(TeeResult result)
    {
        if (result is TeeResult.NotSupported or TeeResult.OutOfMemory)
            throw new TeeException(result, TeeOrigin.Tee);
    }

    private void CopyKey(uint destination, uint source, bool isSet)
    {
        if (destination == 0)
            return;
        Require(Utee.CrypObjReset(destination), nameof(CopyFrom));
        if (isSet)
            Require(Utee.CrypObjCopy(destination, source), nameof(CopyFrom));
    }

    /// <summary>The size of a key, in bits, that is one for this.</summary>
    private int UsableSizeOf(TransientObject key, [CallerMemberName] string member = "")
    {
        Require(Utee.CrypObjGetInfo(key.Handle, out TeeObjectInfo info), member);
        Require((info.Usage & _requiredUsage) == _requiredUsage && info.Size <= MaxKeySize && (info.State & HandleState.Initialized) != 0, member);
        return info.Size;
    }

    /// <summary>What a call with a buffer may answer; all else panics.</summary>
    private protected TeeResult Told(TeeResult result, [CallerMemberName] string member = "")
    {
        if (result != TeeResult.ShortBuffer)
            Require(result, member);
        return result;
    }

    /// <summary>Panics unless a rule of the API is kept, in the function that the calling member stands for.</summary>
    private protected void Require(bool isKept, [CallerMemberName] string member = "")
    {
        if (!isKept)
            Contract.Require(isKept, GetType().Name, member); // the type's name is looked up for who panics, not with each update
    }

    /// <summary>Likewise unless a call succeeded.</summary>
    private protected void Require(TeeResult result, [CallerMemberName] string member = "")
    {
        if (result != TeeResult.Success)
            Contract.Require(result, GetType().Name, member);
    }

    /// <summary>The same for who gave buffers that are large enough.</summary>
    private protected static int Written(TeeResult result, int size) =>
        result == TeeResult.Success ? size : throw new TeeException(result, TeeOrigin.Tee);
}

/// <summary>What an operation has in the kernel; 0 where there is none.</summary>
internal readonly record struct OperationHandles(uint Operation, uint Key = 0, uint Key2 = 0);
