namespace RestrictedTee.SecureWorld.Kernel.Memory;

/// <summary>The memory objects that have a cookie. One table for registered shm and restricted buffers, so that no cookie means two things.</summary>
internal sealed class MemoryObjectTable
{
    /// <summary>Registrations cost mappings, of which a process has few (vm.max_map_count); the normal world cannot use them all up.</summary>
    private const int MaxObjects = 16 * 1024;

    private readonly object _lock = new(); // protects _objects; a leaf
    private readonly Dictionary<ulong, MemoryObject> _objects = [];

    internal bool TryAdd(MemoryObject memory)
    {
        lock (_lock)
            return _objects.Count < MaxObjects && _objects.TryAdd(memory.Cookie, memory);
    }

    /// <summary>Finds an object and takes a reference on it, which the caller must release.</summary>
    internal MemoryObject? Get(ulong cookie)
    {
        lock (_lock)
            return _objects.TryGetValue(cookie, out MemoryObject? memory) && memory.TryAddReference() ? memory : null;
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
