using RestrictedTee.SecureWorld.Kernel.Objects;
using RestrictedTee.SecureWorld.ProtectedMemory;
using RestrictedTee.SmcTransport.Interleaving;

namespace RestrictedTee.SecureWorld.Kernel.Sessions;

/// <summary>
/// Everything that one instance holds of the kernel, and its quota: the one owner from which all of it comes back when the
/// instance ends, whatever the TA forgot.
/// </summary>
/// <param name="secureBytes">The most secure RAM it may hold, in bytes, counted as it is taken from the allocator.</param>
internal sealed class InstanceResources(int secureBytes)
{
    /// <summary>Sessions that one instance may hold open to other TAs.</summary>
    private const int MaxSessions = 1024;

    private readonly object _gate = new(); // protects the fields below; a leaf but for that of secure RAM
    private readonly HashSet<SecureBlock> _blocks = [];
    private int _used;
    private bool _ended;

    /// <summary>Sessions that this instance has opened to other TAs.</summary>
    internal SessionTable Clients { get; } = new(MaxSessions);

    /// <summary>Its keys and operations. What they take up is secure RAM, and counts as that.</summary>
    internal HandleTable Objects { get; } = new();

    /// <summary>A block of secure RAM, or null beyond the quota, or when secure RAM is full.</summary>
    internal SecureBlock? Allocate(SecureRam ram, int size)
    {
        if (size < 0)
            return null;
        lock (_gate)
        {
            // What a block takes up is charged, and not what was asked for: a block of no bytes takes up a cache line too.
            if (_ended || ram.Footprint(size) > secureBytes - _used || ram.Allocate(size) is not { } block)
                return null;
            InterleavingPoint.Reach("InstanceResources.Allocate");
            _used += block.Footprint;
            _blocks.Add(block);
            block.Returned = OnReturned;
            return block;
        }
    }

    /// <summary>Takes the memory back, for good; first what works on it, so that nothing reads what is somebody else's by then.</summary>
    internal void ReleaseMemory()
    {
        Objects.End();
        SecureBlock[] blocks;
        lock (_gate)
        {
            _ended = true;
            blocks = [.. _blocks];
        }

        foreach (SecureBlock block in blocks)
            block.Dispose();
    }

    private void OnReturned(SecureBlock block)
    {
        lock (_gate)
        {
            if (_blocks.Remove(block))
                _used -= block.Footprint;
        }
    }
}
