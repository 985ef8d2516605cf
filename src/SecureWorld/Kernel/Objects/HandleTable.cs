using System.Diagnostics.CodeAnalysis;

namespace RestrictedTee.SecureWorld.Kernel.Objects;

/// <summary>The objects of one instance. A handle means nothing in another one, and is not used again.</summary>
internal sealed class HandleTable
{
    private readonly Lock _gate = new(); // protects the fields below; a leaf
    private readonly Dictionary<uint, KernelObject> _objects = [];
    private uint _last;
    private bool _hasEnded;

    /// <summary>How many handles there are.</summary>
    internal int Count
    {
        get
        {
            lock (_gate)
                return _objects.Count;
        }
    }

    /// <returns>The handle; 0 when the instance has ended, or has used up all handles there are: the object is still the caller's.</returns>
    internal uint Add(KernelObject item)
    {
        lock (_gate)
        {
            if (_hasEnded || _last == uint.MaxValue)
                return 0;
            _objects.Add(++_last, item);
            return _last;
        }
    }

    internal bool TryFind<T>(uint handle, [NotNullWhen(true)] out T? item)
        where T : KernelObject
    {
        lock (_gate)
            item = _objects.GetValueOrDefault(handle) as T;
        return item is not null;
    }

    internal bool Remove(uint handle)
    {
        lock (_gate)
            return _objects.Remove(handle);
    }

    /// <summary>Ends all of them, for good.</summary>
    internal void End()
    {
        KernelObject[] objects;
        lock (_gate)
        {
            _hasEnded = true;
            objects = [.. _objects.Values];
            _objects.Clear();
        }

        foreach (KernelObject item in objects)
            item.Dispose();
    }
}
