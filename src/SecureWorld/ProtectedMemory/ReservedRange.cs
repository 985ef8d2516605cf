using RestrictedTee.SecureWorld.Kernel.Memory;

namespace RestrictedTee.SecureWorld.ProtectedMemory;

/// <summary>
/// A part of a reserved pool that has a name, because the normal world gave it out and wants a trusted application to have it. It is no
/// memory of its own to a call: a reference into it is one to the pool, where the static rules stand, and nothing but them.
/// </summary>
internal sealed class ReservedRange(RestrictedBuffer pool, ulong offset, ulong size, ulong cookie) : MemoryObject
{
    internal RestrictedBuffer Pool => pool;

    /// <summary>Where it begins in the pool.</summary>
    internal ulong Offset => offset;

    internal override ulong Cookie => cookie;

    internal override ulong Size => size;

    protected override void OnLastReference()
    {
        // The memory is the pool's, which is there for good.
    }
}
