namespace RestrictedTee.Sdk;

/// <summary>
/// What the SDK needs of the TEE. The secure world implements it and binds it to each of its threads, because every service
/// is one to the session that runs on the calling thread.
/// </summary>
internal abstract class TeeCore
{
    [ThreadStatic]
    private static TeeCore? s_current;

    internal static TeeCore Current => s_current
        ?? throw new InvalidOperationException("The TEE's services can be used on the thread on which the TEE called the trusted application, and on no other.");

    internal void BindToThread() => s_current = this;

    internal abstract TeeResult OpenTaSession(Guid uuid, uint timeout, ref TaOperation operation, out uint session, out TeeOrigin origin);

    internal abstract TeeResult InvokeTaCommand(uint session, uint timeout, uint command, ref TaOperation operation, out TeeOrigin origin);

    internal abstract void CloseTaSession(uint session);

    internal abstract void Panic(uint code);

    internal abstract TeeResult Wait(uint milliseconds);

    internal abstract bool CancellationRequested { get; }

    internal abstract bool MaskCancellation(bool mask);

    internal abstract TeeTime GetReeTime();

    internal abstract object? GetProperty(PropertySet set, string name);

    internal abstract IReadOnlyList<string> PropertyNames(PropertySet set);

    internal abstract SecureMemory AllocateSecureMemory(int size);

    internal abstract TeeResult ClaimRestricted(ReadOnlySpan<byte> memory, ReadOnlySpan<Guid> readers);

    internal abstract void Trace(TraceLevel level, string message);
}
