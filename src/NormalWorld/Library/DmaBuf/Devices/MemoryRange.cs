namespace RestrictedTee.NormalWorld.DmaBuf.Devices;

/// <summary>What memory is like.</summary>
[Flags]
public enum RangeAttributes
{
    /// <summary>Ordinary, uncached.</summary>
    None = 0,

    /// <summary>The CPU caches it, so a device that does not snoop needs it cleaned.</summary>
    Cached = 1,

    /// <summary>The firewall stands before it.</summary>
    Protected = 2,

    /// <summary>It is a bus address (registers or memory of a device), and no RAM.</summary>
    Bus = 4,
}

/// <summary>Whose addresses a range has (struct p2pdma_provider, for memory of every kind).</summary>
/// <param name="Name">"normal-ram", or the heap's name.</param>
/// <param name="Cookie">
/// 0: addresses are physical. Else the TEE's name for one buffer, and addresses are offsets in it: the TEE alone knows where it lies,
/// and may move it while nobody has it mapped.
/// </param>
/// <param name="Top">No memory of it lies above this physical address.</param>
public readonly record struct MemoryProvider(string Name, ulong Cookie, ulong Top);

/// <summary>One piece of a buffer as the exporter has it: the input of a mapping (struct phys_vec, with what a scatter list loses).</summary>
/// <param name="Provider">Whose addresses these are.</param>
/// <param name="Address">The first one.</param>
/// <param name="Length">Bytes; whole pages.</param>
/// <param name="Attributes">What the memory is like.</param>
public readonly record struct MemoryRange(MemoryProvider Provider, ulong Address, ulong Length, RangeAttributes Attributes);

/// <summary>One piece as the device has it: the output of a mapping. Behind an IOMMU the pieces need not be those of the input.</summary>
/// <param name="Handle">The TEE's handle of the mapping, in which the address is an offset; 0 for physical addresses and those of an IOMMU.</param>
/// <param name="Address">What the device puts on its bus.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Attributes">What the memory is like.</param>
public readonly record struct DeviceRange(ulong Handle, ulong Address, ulong Length, RangeAttributes Attributes);
