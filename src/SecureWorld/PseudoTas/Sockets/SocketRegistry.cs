using RestrictedTee.Contracts;
using RestrictedTee.Sdk;

namespace RestrictedTee.SecureWorld.PseudoTas.Sockets;

/// <summary>
/// Whose sockets there are: an id for each session, how many each instance of a TA has, and the ids whose sockets the supplicant could not be told to close.
/// </summary>
internal sealed class SocketRegistry(SocketRequests requests)
{
    private readonly object _lock = new(); // protects everything below; not held while the normal world is asked
    private readonly Dictionary<ulong, int> _counts = []; // by instance
    private readonly Queue<uint> _unclosed = [];
    private uint _lastId;

    internal SocketRequests Requests => requests;

    /// <summary>A session of the pseudo TA, for an instance of a TA.</summary>
    internal SocketSession NewSession(ulong instance)
    {
        CloseForgotten();
        lock (_lock)
            return new SocketSession(this, instance, _lastId = unchecked(_lastId + 1));
    }

    /// <summary>Counts one more of an instance.</summary>
    /// <returns>False when it has all that it may have.</returns>
    internal bool TryCount(ulong instance)
    {
        lock (_lock)
        {
            int count = _counts.GetValueOrDefault(instance);
            if (count >= SocketPta.SocketsPerInstance)
                return false;
            _counts[instance] = count + 1;
            return true;
        }
    }

    /// <summary>An instance has fewer.</summary>
    internal void Uncount(ulong instance, int sockets)
    {
        lock (_lock)
        {
            int left = _counts.GetValueOrDefault(instance) - sockets;
            if (left > 0)
                _counts[instance] = left;
            else
                _counts.Remove(instance);
        }
    }

    /// <summary>Has all of an id closed, now or by the next call that gets through: a request for a client that has been killed does not.</summary>
    internal void CloseAll(uint id)
    {
        if (requests.CloseAll(id) == TeeResult.Success)
            return;
        lock (_lock)
            _unclosed.Enqueue(id);
    }

    private void CloseForgotten()
    {
        while (true)
        {
            uint id;
            lock (_lock)
            {
                if (!_unclosed.TryDequeue(out id))
                    return;
            }

            // A supplicant that answers otherwise has nothing of that id, and says so for ever.
            if (requests.CloseAll(id) is not TeeResult.Communication)
                continue;
            lock (_lock)
                _unclosed.Enqueue(id);
            return;
        }
    }
}
