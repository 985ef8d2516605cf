using System.Reflection;

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
    /// <summary>The instance's code, from <see cref="Create"/> on; null before, and of a pseudo TA.</summary>
    internal ITaLibraries? Libraries { get; set; }

    /// <summary>
    /// The assemblies that this instance runs (dl_iterate_phdr): the TA's own first, then those that came with it so far, then the libraries
    /// that it has opened.
    /// </summary>
    protected IReadOnlyList<Assembly> LoadedAssemblies => Libraries?.Loaded ?? [GetType().Assembly];

    /// <summary>
    /// Loads a library of the TA's own image (dlopen), and gives the object of the one public class in it that is a
    /// <typeparamref name="T"/> (dlsym): an interface or base class of an assembly that both refer to, or of the framework.
    /// </summary>
    /// <remarks>
    /// Each instance has the library to itself, statics and module initialisers included, and it goes with the instance. To open it again gives
    /// the same object. The class has one public constructor, without parameters or with one that is the TA's object, which stands in for
    /// what a library in C gets at by <c>extern</c>. A disposable object is disposed after <see cref="Destroy"/>, or after a
    /// <see cref="Create"/> that refuses, and not when the instance panics. What it throws is the TA's to catch, and its panic is the TA's.
    /// </remarks>
    /// <param name="name">As in one of the TA's <see cref="TaLibraryAttribute"/>s.</param>
    /// <exception cref="TeeException">
    /// BadState: in the TA's constructor, which is too early, or in that of the class itself; ItemNotFound: the TA names no such library, or there is none in its image;
    /// BadFormat: it is no assembly, or has no class, or several, that is a <typeparamref name="T"/> with such a constructor.
    /// </exception>
    protected T OpenLibrary<T>(string name)
        where T : class =>
        (T)(Libraries ?? throw new TeeException(TeeResult.BadState, $"Library {name} is opened from Create on, not in the constructor.")).Open(name, typeof(T), this);

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
