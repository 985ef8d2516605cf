using RestrictedTee.Sdk;

namespace RestrictedTee.TrustedApps.XtestApps.CryptApp;

/// <summary>
/// What the client names by number (ta/crypt/handle.c of the original). A number is the lowest that is free, and names nothing but what was given
/// out by it and not taken back since.
/// </summary>
internal sealed class HandleNumbers<T>
    where T : class
{
    /// <summary>
    /// More than fit into the heap of the original's TA. The kernel counts objects and operations against the data size; big integers lie on the
    /// managed heap, where nobody counts.
    /// </summary>
    private const int Limit = 1024;

    private readonly List<T?> _things = [];

    /// <summary>Gives a number, from 0.</summary>
    /// <exception cref="TeeException">OutOfMemory: there is none left.</exception>
    internal uint Add(T thing)
    {
        int number = _things.IndexOf(null);
        if (number < 0)
        {
            if (_things.Count == Limit)
                throw new TeeException(TeeResult.OutOfMemory);
            number = _things.Count;
            _things.Add(null);
        }

        _things[number] = thing;
        return (uint)number;
    }

    /// <summary>What a number names; null where it names nothing.</summary>
    internal T? Find(uint number) => number < _things.Count ? _things[(int)number] : null;

    /// <summary>Takes a number back.</summary>
    /// <returns>What it named; null where it named nothing.</returns>
    internal T? Remove(uint number)
    {
        T? thing = Find(number);
        if (thing is not null)
            _things[(int)number] = null;
        return thing;
    }
}
