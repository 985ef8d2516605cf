using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Crypto;

namespace RestrictedTee.SecureWorld.Kernel.Objects;

/// <summary>
/// An operation (struct tee_cryp_state in core/tee/tee_svc_cryp.c upstream): an engine of a library, and the state that says what
/// may be asked of it. Whatever is asked in another state gets BAD_STATE and changes nothing.
/// </summary>
internal abstract class CryptoState(TeeAlgorithm algorithm, OperationMode mode) : KernelObject
{
    internal TeeAlgorithm Algorithm => algorithm;

    internal OperationMode Mode => mode;

    /// <summary>The handle of its key, which ends with it; 0 without one.</summary>
    internal uint KeyHandle { get; set; }

    /// <summary>Likewise, of its second key.</summary>
    internal uint Key2Handle { get; set; }

    /// <summary>Whether it has begun (CRYP_STATE_INITIALIZED).</summary>
    protected bool IsInitialized { get; set; }

    /// <summary>Takes over the progress of an operation for the same; what there is of keys is copied by itself.</summary>
    internal abstract TeeResult CopyFrom(CryptoState source);

    /// <summary>Its key has gone: nothing of it stays in the library either.</summary>
    internal abstract void ForgetKey();

    /// <summary>"Either completely disjoint or equal in their starting positions" (section 6.4.2).</summary>
    protected static bool AreApartOrSame(ReadOnlySpan<byte> source, ReadOnlySpan<byte> destination) =>
        !source.Overlaps(destination, out int distance) || distance == 0;
}

/// <summary>An operation with its engine.</summary>
/// <typeparam name="TEngine">The kind of engine.</typeparam>
/// <param name="algorithm">Which.</param>
/// <param name="mode">Its mode.</param>
/// <param name="engine">The library's part, which is its own.</param>
internal abstract class CryptoState<TEngine>(TeeAlgorithm algorithm, OperationMode mode, TEngine engine) : CryptoState(algorithm, mode)
    where TEngine : Engine<TEngine>
{
    protected TEngine Engine => engine;

    internal sealed override TeeResult CopyFrom(CryptoState source)
    {
        var other = (CryptoState<TEngine>)source;
        if (other == this)
            return TeeResult.Success;
        using Lock.Scope first = FirstOf(this, other).Enter();
        using Lock.Scope second = LastOf(this, other).Enter();
        if (other.IsInitialized)
            engine.CopyFrom(other.Engine);
        else
            engine.Forget();
        IsInitialized = other.IsInitialized;
        CopyProgress(other);
        return TeeResult.Success;
    }

    /// <summary>Takes over what of another one's progress the engine does not know. The gates of both are held.</summary>
    protected abstract void CopyProgress(CryptoState source);
}
