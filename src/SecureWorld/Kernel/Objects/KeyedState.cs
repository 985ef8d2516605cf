using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Crypto;

namespace RestrictedTee.SecureWorld.Kernel.Objects;

/// <summary>An operation of one call: its engine takes the key with the first, and keeps it for the next. There is no progress to copy.</summary>
/// <typeparam name="TEngine">The kind of engine.</typeparam>
/// <param name="algorithm">Which.</param>
/// <param name="mode">Its mode.</param>
/// <param name="key">Its key, which is its own.</param>
/// <param name="engine">The library's part, which is its own.</param>
internal abstract class KeyedState<TEngine>(TeeAlgorithm algorithm, OperationMode mode, KeyObject key, TEngine engine) : CryptoState(algorithm, mode)
    where TEngine : KeyedEngine
{
    protected TEngine Engine => engine;

    internal sealed override TeeResult CopyFrom(CryptoState source)
    {
        ForgetKey();
        return TeeResult.Success;
    }

    internal sealed override void ForgetKey()
    {
        using Lock.Scope held = Enter();
        engine.Forget();
        IsInitialized = false;
    }

    protected override void End()
    {
        engine.Dispose();
        key.Dispose();
    }

    /// <summary>Gives the key to the engine, unless it has it.</summary>
    /// <returns>BadParameters where there is none, or none that the engine can do with.</returns>
    protected TeeResult TakeKey()
    {
        if (IsInitialized)
            return TeeResult.Success;
        using KeyObject.Loan loan = key.Lend();
        IsInitialized = loan.IsKey && engine.SetKey(loan.Key) && TakeSecondKey();
        if (IsInitialized)
            return TeeResult.Success;
        engine.Forget();
        return TeeResult.BadParameters;
    }

    private protected virtual bool TakeSecondKey() => true;
}
