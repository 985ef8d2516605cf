namespace RestrictedTee.SecureWorld.Kernel.Objects;

/// <summary>
/// What an instance has in the kernel by a handle. It ends when its instance does, be it in the middle of a call on another
/// thread: whoever works on one holds its gate, and the end waits for that, so nothing is wiped, or given to another, under a hand.
/// </summary>
internal abstract class KernelObject : IDisposable
{
    private readonly Lock _gate = new(); // protects what the object holds; a state's is taken before its key's
    private static ulong s_lastNumber;

    private readonly ulong _number = Interlocked.Increment(ref s_lastNumber);
    private bool _isGone;

    /// <summary>Wipes it and gives back what it holds.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_isGone)
                return;
            _isGone = true;
            End();
        }
    }

    /// <summary>Takes the gate.</summary>
    /// <exception cref="ObjectDisposedException">The object has ended.</exception>
    internal Lock.Scope Enter()
    {
        Lock.Scope scope = _gate.EnterScope();
        if (!_isGone)
            return scope;
        scope.Dispose();
        throw new ObjectDisposedException(GetType().Name);
    }

    /// <summary>Where the gates of two are held, that of the older is taken first.</summary>
    protected static KernelObject FirstOf(KernelObject a, KernelObject b) => a._number < b._number ? a : b;

    /// <summary>The other one.</summary>
    protected static KernelObject LastOf(KernelObject a, KernelObject b) => a._number < b._number ? b : a;

    /// <summary>Called once, with the gate held.</summary>
    protected abstract void End();
}
