namespace RestrictedTee.SecureWorld.Kernel.Sessions;

/// <summary>
/// The one lock of sessions and instances. It protects the list of instances, every session table, and of each instance its
/// state, its session count and whose turn it is; it is never held while a TA runs, an RPC is made or a TA is loaded.
/// Operations' own locks are taken inside of it.
/// </summary>
internal sealed class SessionLock
{
    private readonly object _gate = new();

    internal Scope Enter()
    {
        Monitor.Enter(_gate);
        return new Scope(this);
    }

    /// <summary>The lock, held. Disposing it releases it.</summary>
    internal readonly ref struct Scope(SessionLock owner)
    {
        /// <summary>Lets others in until something changes, or for so many milliseconds; -1 for as long as it takes.</summary>
        /// <returns>False when the time is up.</returns>
        internal bool WaitForChange(int milliseconds = Timeout.Infinite) => Monitor.Wait(owner._gate, milliseconds);

        /// <summary>Something has changed that others may be waiting for.</summary>
        internal void Changed() => Monitor.PulseAll(owner._gate);

        public void Dispose() => Monitor.Exit(owner._gate);
    }
}
