using System.Runtime.CompilerServices;

namespace RestrictedTee.NormalWorld.Client;

/// <summary>
/// The shared memory that the parameters of one request refer to: what stands in for temporary memory, and what the client has
/// shared, kept from being unmapped while the request is under way.
/// </summary>
internal struct RequestMemory(BouncePool bounces)
{
    private Slots _rented;
    private Slots _used;

    /// <summary>Shared memory that stands in for the temporary memory of a parameter.</summary>
    /// <exception cref="TeecException">There is none.</exception>
    internal SharedMemory Rent(int parameter, int size) => _rented[parameter] = bounces.Rent(size);

    /// <summary>What stands in for the temporary memory of a parameter.</summary>
    internal readonly SharedMemory RentedFor(int parameter) => _rented[parameter]!;

    /// <summary>Keeps shared memory of the client for a parameter; false when it has been released.</summary>
    internal bool TryUse(int parameter, SharedMemory shared)
    {
        if (!shared.TryAddUse())
            return false;
        _used[parameter] = shared;
        return true;
    }

    /// <summary>Lets go of all of it.</summary>
    internal readonly void Release()
    {
        for (int i = 0; i < Operation.ParameterCount; i++)
        {
            if (_rented[i] is { } rented)
                bounces.Return(rented);
            _used[i]?.EndUse();
        }
    }

    [InlineArray(Operation.ParameterCount)]
    private struct Slots
    {
        private SharedMemory? _first;
    }
}
