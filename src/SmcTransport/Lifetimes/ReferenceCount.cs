namespace RestrictedTee.SmcTransport.Lifetimes;

/// <summary>
/// A count of references that never comes back from zero (as Linux's refcount_inc_not_zero): whoever looks an object up while
/// its last user leaves gets either a live object or none. Starts with the creator's reference.
/// </summary>
/// <remarks>A field of the object it counts, to cost no allocation; so it must be neither readonly nor copied.</remarks>
internal struct ReferenceCount()
{
    private int _references = 1;

    /// <summary>Whether more than one reference is held.</summary>
    internal bool IsShared => Volatile.Read(ref _references) > 1;

    /// <summary>Adds a reference; false when the last one has gone already.</summary>
    internal bool TryAdd()
    {
        int seen = Volatile.Read(ref _references);
        while (seen > 0)
        {
            int before = Interlocked.CompareExchange(ref _references, seen + 1, seen);
            if (before == seen)
                return true;
            seen = before;
        }

        return false;
    }

    /// <summary>Takes the only reference away; false, and nothing is taken, when others are held. Nobody can add one in between.</summary>
    internal bool TryReleaseOnly() => Interlocked.CompareExchange(ref _references, 0, 1) == 1;

    /// <summary>Takes one away; true when it was the last, and the object is the caller's to end.</summary>
    internal bool Release() => Interlocked.Decrement(ref _references) == 0;
}
