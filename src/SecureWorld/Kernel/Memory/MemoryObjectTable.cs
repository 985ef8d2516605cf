using RestrictedTee.SmcTransport.Interleaving;

namespace RestrictedTee.SecureWorld.Kernel.Memory;

/// <summary>The memory objects that have a cookie. One table for registered shm and restricted buffers, so that no cookie means two things.</summary>
internal sealed class MemoryObjectTable
{
    /// <summary>Registrations cost mappings, of which a process has few (vm.max_map_count); the normal world cannot use them all up.</summary>
    private const int MaxObjects = 16 * 1024;

    private readonly object _lock = new(); // protects _objects; a leaf
    private readonly Dictionary<ulong, MemoryObject> _objects = [];

    /// <summary>Makes an object for a cookie that is not in the table, or null: over FF-A, what is shared is retrieved when it is first referred to.</summary>
    internal Func<ulong, MemoryObject?>? Resolver { get; set; }

    internal bool TryAdd(MemoryObject memory)
    {
        lock (_lock)
            return _objects.Count < MaxObjects && _objects.TryAdd(memory.Cookie, memory);
    }

    /// <summary>Finds an object and takes a reference on it, which the caller must release.</summary>
    internal MemoryObject? Get(ulong cookie)
    {
        while (true)
        {
            lock (_lock)
            {
                if (_objects.TryGetValue(cookie, out MemoryObject? memory))
                    return memory.TryAddReference() ? memory : null;
            }

            if (Resolver?.Invoke(cookie) is not { } made)
                return null;
            if (TryAdd(made))
                continue;
            made.Release();
            if (!IsTaken(cookie))
                return null; // no room, rather than another who was faster
        }
    }

    /// <summary>Takes an object out of the table unless somebody uses it; the table's reference passes to the caller.</summary>
    internal bool TryRemoveUnused<T>(ulong cookie, out T? removed)
        where T : MemoryObject
    {
        lock (_lock)
        {
            removed = _objects.TryGetValue(cookie, out MemoryObject? memory) ? memory as T : null;
            if (removed is null)
                return true;
            if (removed.IsUsed)
                return false;
            InterleavingPoint.Reach("MemoryObjectTable.TryRemoveUnused");
            _objects.Remove(cookie);
            return true;
        }
    }

    /// <summary>Takes an object of one kind out of the table; the table's reference passes to the caller.</summary>
    internal T? Remove<T>(ulong cookie)
        where T : MemoryObject
    {
        lock (_lock)
        {
            if (!_objects.TryGetValue(cookie, out MemoryObject? memory) || memory is not T wanted)
                return null;
            _objects.Remove(cookie);
            return wanted;
        }
    }

    internal bool IsTaken(ulong cookie)
    {
        lock (_lock)
            return _objects.ContainsKey(cookie);
    }
}
