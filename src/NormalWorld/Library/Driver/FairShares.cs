namespace RestrictedTee.NormalWorld.Driver;

/// <summary>
/// So many of something for all clients together, of which none can take all: a client gets one more only while more are free than it has. One
/// that is alone has half of them, each of n that want all they can get has one in n + 1, and as much is left for the next.
/// </summary>
/// <param name="limit">How many there are.</param>
internal sealed class FairShares(int limit)
{
    private readonly object _lock = new(); // protects the two below; a leaf
    private readonly Dictionary<int, int> _taken = []; // by the client's process
    private int _all;

    /// <summary>Takes one for a client.</summary>
    /// <returns>False when it has its share.</returns>
    internal bool TryTake(int client)
    {
        lock (_lock)
        {
            int taken = _taken.GetValueOrDefault(client);
            if (taken >= limit - _all)
                return false;
            _taken[client] = taken + 1;
            _all++;
            return true;
        }
    }

    internal void GiveBack(int client)
    {
        lock (_lock)
        {
            _all--;
            if (--_taken[client] == 0)
                _taken.Remove(client);
        }
    }
}
