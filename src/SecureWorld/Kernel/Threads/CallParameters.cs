using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Kernel.Memory;

namespace RestrictedTee.SecureWorld.Kernel.Threads;

/// <summary>The parameters of one call to a TA, validated. Reused from call to call; holds a reference on each memory object.</summary>
internal sealed class CallParameters
{
    private readonly ParameterSlot[] _slots = new ParameterSlot[ParameterTypes.Count];

    internal ParameterTypes Types { get; set; }

    internal Span<ParameterSlot> Slots => _slots;

    /// <summary>Whether the caller is another TA, or the normal world.</summary>
    internal bool FromTrustedApp { get; set; }

    /// <summary>Makes slot <paramref name="index"/> a memref into a memory object and takes the reference over.</summary>
    internal void SetMemref(int index, MemoryObject memory, ulong offset, int size) => _slots[index] = new ParameterSlot
    {
        Address = memory.Address + (nint)offset,
        Capacity = size,
        Size = size,
        IsRestricted = memory.IsRestricted,
        IsNormal = !memory.IsRestricted,
        Owner = memory,
    };

    internal MemoryObject? OwnerOf(int index) => (MemoryObject?)_slots[index].Owner;

    internal bool IsMemref(int index) => Types[index] >= ParameterType.MemrefInput;

    internal bool Writes(int index) => Types[index] is ParameterType.MemrefOutput or ParameterType.MemrefInOut;

    /// <summary>Lets go of the memory and forgets the rest.</summary>
    internal void Reset()
    {
        foreach (ref ParameterSlot slot in _slots.AsSpan())
        {
            (slot.Owner as MemoryObject)?.Release();
            slot = default;
        }

        Types = default;
        FromTrustedApp = false;
    }
}
