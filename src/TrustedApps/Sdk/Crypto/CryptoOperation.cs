namespace RestrictedTee.Sdk;

/// <summary>
/// An operation (TEE_OperationHandle): the kernel's, with its key in secure RAM; the TA holds a handle. A call in the wrong state
/// panics, as upstream's library does (lib/libutee/tee_api_operations.c). What a TA forgets is wiped when its instance ends.
/// </summary>
public abstract class CryptoOperation : IDisposable
{
    private readonly KeyUsage _requiredUsage;
    private readonly uint _key;
    private uint _handle;

    private protected CryptoOperation(TeeAlgorithm algorithm, OperationMode mode, int maxKeySize, KeyUsage requiredUsage, uint key, uint handle)
    {
        (Algorithm, Mode, MaxKeySize, _requiredUsage, _key, _handle) = (algorithm, mode, maxKeySize, requiredUsage, key, handle);
    }

    /// <summary>What it computes.</summary>
    public TeeAlgorithm Algorithm { get; }

    /// <summary>What it is for.</summary>
    public OperationMode Mode { get; }

    /// <summary>The largest key that it takes, in bits.</summary>
    public int MaxKeySize { get; }

    /// <summary>TEE_GetOperationInfo.</summary>
    public TeeOperationInfo Info => new(Algorithm, AlgorithmNumber.ClassOf(Algorithm), Mode, MaxKeySize, KeySize, _requiredUsage, State);

    private protected static ICryptoServices Kernel => TeeCore.Current.Crypto;

    private protected uint Handle => _handle;

    private protected HandleState State { get; set; }

    /// <summary>TEE_OPERATION_STATE_ACTIVE: it has begun.</summary>
    private protected bool IsActive { get; set; }

    private protected int KeySize { get; set; }

    /// <summary>
    /// TEE_SetOperationKey: takes a copy of the key; null takes the key away. Panics when the operation has begun, when the key is
    /// empty, too large, of another type, or may not be used for this.
    /// </summary>
    public void SetKey(TransientObject? key)
    {
        Contract.Require(_key != 0 && !Is(HandleState.Initialized));
        IObjectServices objects = TeeCore.Current.Objects;
        if (key is not null)
        {
            TeeObjectInfo info = key.Info;
            Contract.Require((info.Usage & _requiredUsage) == _requiredUsage && info.Size <= MaxKeySize);
        }

        Contract.Require(objects.Reset(_key));
        (State, KeySize) = (State & ~HandleState.KeySet, 0);
        if (key is null)
            return;
        Contract.Require(objects.Copy(_key, key.Handle));
        (State, KeySize) = (State | HandleState.KeySet, key.Info.Size);
    }

    /// <summary>TEE_ResetOperation: as it was when its key had just been set. Panics without a key.</summary>
    public void Reset()
    {
        Contract.Require(Is(HandleState.KeySet));
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
            Contract.Require(Kernel.Free(handle));
    }

    /// <summary>Not HasFlag, which allocates until the method that asks has been compiled well.</summary>
    private protected bool Is(HandleState flag) => (State & flag) != 0;

    private protected abstract void Restart();

    /// <summary>TEE_CopyOperation: key and progress of another operation for the same.</summary>
    private protected void CopyFrom(CryptoOperation source)
    {
        Contract.Require(source.Algorithm == Algorithm && source.Mode == Mode);
        if (_key != 0)
        {
            Contract.Require(source.KeySize <= MaxKeySize);
            Contract.Require(TeeCore.Current.Objects.Reset(_key));
            if (source.Is(HandleState.KeySet))
                Contract.Require(TeeCore.Current.Objects.Copy(_key, source._key));
        }

        Contract.Require(Kernel.Copy(_handle, source._handle));
        (State, IsActive, KeySize) = (source.State, source.IsActive, source.KeySize);
    }

    /// <summary>TEE_AllocateOperation, of the classes that take a secret: makes room for the key, and the operation around it.</summary>
    private protected static (uint Key, uint Handle) AllocateKeyed(TeeAlgorithm algorithm, OperationMode mode, int maxKeySize)
    {
        IObjectServices objects = TeeCore.Current.Objects;
        Refuse(objects.Allocate(AlgorithmNumber.SecretTypeOf(algorithm), maxKeySize, out uint key));
        TeeResult result = Kernel.Allocate(algorithm, mode, key, 0, out uint handle);
        if (result != TeeResult.Success)
            objects.Close(key);
        Refuse(result);
        return (key, handle);
    }

    private protected static void Refuse(TeeResult result)
    {
        if (result is TeeResult.NotSupported or TeeResult.OutOfMemory)
            throw new TeeException(result, TeeOrigin.Tee);
        Contract.Require(result);
    }

    /// <summary>What a call with a buffer may answer; all else panics.</summary>
    private protected static TeeResult Told(TeeResult result)
    {
        if (result != TeeResult.ShortBuffer)
            Contract.Require(result);
        return result;
    }

    /// <summary>The same for who gave buffers that are large enough.</summary>
    private protected static int Written(TeeResult result, int size) =>
        result == TeeResult.Success ? size : throw new TeeException(result, TeeOrigin.Tee);
}
