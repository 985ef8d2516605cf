using RestrictedTee.SmcTransport.Lifetimes;

namespace RestrictedTee.SecureWorld.Kernel.Memory;

/// <summary>
/// Memory that a call may refer to, wherever it lies: a memref knows only this. Counted references keep the mapping while a
/// call uses it, also when the normal world unregisters or frees it meanwhile (core/mm/mobj.c upstream).
/// </summary>
/// <remarks>It has no address: plain memory has one (<see cref="PlainMemory"/>), restricted memory only through a grant of the firewall.</remarks>
internal abstract class MemoryObject
{
    private ReferenceCount _references = new();

    /// <summary>The name that the normal world knows it by; 0 when it has none.</summary>
    internal abstract ulong Cookie { get; }

    /// <summary>Bytes.</summary>
    internal abstract ulong Size { get; }

    /// <summary>Whether anybody but the table holds it.</summary>
    internal bool IsUsed => _references.IsShared;

    /// <summary>Keeps it; false when the last reference has gone already.</summary>
    internal bool TryAddReference() => _references.TryAdd();

    /// <summary>Lets go of it; the last one out unmaps or scrubs.</summary>
    internal void Release()
    {
        if (_references.Release())
            OnLastReference();
    }

    /// <summary>Whether the range lies inside, with an overflow-proof comparison.</summary>
    internal bool Contains(ulong offset, ulong length) => length <= Size && offset <= Size - length;

    protected abstract void OnLastReference();
}

/// <summary>Memory that no firewall guards. Whoever holds a reference may use the address.</summary>
internal abstract class PlainMemory : MemoryObject
{
    /// <summary>Where the first byte lies in this process; the object is contiguous from there on.</summary>
    internal abstract nint Address { get; }
}
