namespace RestrictedTee.Sdk;

/// <summary>
/// A session that this TA has opened to another one (TEE_OpenTASession). Dispose it to close it; what is left open when the
/// instance ends is closed then.
/// </summary>
public sealed class TaClientSession : IDisposable
{
    private uint _id;

    internal TaClientSession(uint id) => _id = id;

    /// <summary>TEE_TIMEOUT_INFINITE.</summary>
    public const uint InfiniteTimeout = 0xFFFF_FFFF;

    /// <summary>TEE_OpenTASession: opens a session.</summary>
    /// <exception cref="TeeException">It did not open; the exception says why and who says so.</exception>
    public static TaClientSession Open(Guid uuid)
    {
        var operation = default(TaOperation);
        return Open(uuid, ref operation);
    }

    /// <summary>The same with parameters; <paramref name="timeout"/>, in milliseconds, bounds the whole call: it is cancelled then.</summary>
    /// <exception cref="TeeException">As above.</exception>
    public static TaClientSession Open(Guid uuid, ref TaOperation operation, uint timeout = InfiniteTimeout)
    {
        TeeResult result = Utee.OpenTaSession(uuid, timeout, ref operation, out uint id, out TeeOrigin origin);
        return result == TeeResult.Success ? new TaClientSession(id) : throw new TeeException(result, origin);
    }

    /// <summary>The same without parameters, and without throwing.</summary>
    internal static TeeResult TryOpen(Guid uuid, out TaClientSession? session)
    {
        var operation = default(TaOperation);
        TeeResult result = Utee.OpenTaSession(uuid, InfiniteTimeout, ref operation, out uint id, out _);
        session = result == TeeResult.Success ? new TaClientSession(id) : null;
        return result;
    }

    /// <summary>Invokes a command and reports the outcome without throwing (TEE_InvokeTACommand). Panics when the session is closed.</summary>
    public TeeResult TryInvoke(uint command, ref TaOperation operation, out TeeOrigin origin, uint timeout = InfiniteTimeout)
    {
        Contract.Require(_id != 0, nameof(TaClientSession), nameof(TryInvoke));
        return Utee.InvokeTaCommand(_id, timeout, command, ref operation, out origin);
    }

    /// <summary>Invokes a command. Panics when the session is closed.</summary>
    /// <exception cref="TeeException">The outcome was not success.</exception>
    public void Invoke(uint command, ref TaOperation operation, uint timeout = InfiniteTimeout)
    {
        TeeResult result = TryInvoke(command, ref operation, out TeeOrigin origin, timeout);
        if (result != TeeResult.Success)
            throw new TeeException(result, origin);
    }

    /// <summary>TEE_CloseTASession.</summary>
    public void Dispose()
    {
        uint id = Interlocked.Exchange(ref _id, 0);
        if (id != 0)
            Contract.Require(Utee.CloseTaSession(id), nameof(TaClientSession), nameof(Dispose));
    }
}
