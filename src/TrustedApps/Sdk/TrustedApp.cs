namespace RestrictedTee.Sdk;

/// <summary>
/// The base of every trusted application. One object is one instance: what OP-TEE's TAs keep in globals, and others by TEE_SetInstanceData and
/// TEE_GetInstanceData, keep in fields.
/// </summary>
/// <remarks>
/// Life (GPD_SPE_010 section 2.1.2): <see cref="Create"/> once, then sessions open, commands run and sessions close, one call
/// at a time; then <see cref="Destroy"/>. An exception that is no <see cref="TeeException"/> panics the instance: its clients
/// get TEE_ERROR_TARGET_DEAD from then on, nothing else in the TEE is touched, and neither CloseSession nor Destroy is called.
/// </remarks>
public abstract class TrustedApp
{
    /// <summary>TA_CreateEntryPoint. Throw <see cref="TeeException"/> to refuse.</summary>
    protected internal virtual void Create()
    {
    }

    /// <summary>TA_CloseSessionEntryPoint.</summary>
    protected internal virtual void CloseSession(TaSession session)
    {
    }

    /// <summary>TA_InvokeCommandEntryPoint, for a command number that no method takes. Most TAs of OP-TEE answer TEE_ERROR_BAD_PARAMETERS then.</summary>
    protected internal virtual TeeResult OtherCommand(TaSession session, uint command) => TeeResult.BadParameters;

    /// <summary>TA_DestroyEntryPoint.</summary>
    protected internal virtual void Destroy()
    {
    }
}

/// <summary>A session as its TA sees it.</summary>
public sealed class TaSession
{
    internal TaSession()
    {
    }

    /// <summary>What the TA keeps for the session (sessionContext). Disposed with the session when it is <see cref="IDisposable"/>.</summary>
    public object? Context { get; set; }

    /// <summary>The context, typed.</summary>
    /// <exception cref="TeeException">TEE_ERROR_BAD_STATE: there is none of that type yet.</exception>
    public T Get<T>()
        where T : class => Context as T ?? throw new TeeException(TeeResult.BadState, $"The session has no {typeof(T).Name} yet.");
}
