using RestrictedTee.SmcTransport.Board;

namespace RestrictedTee.NormalWorld.DmaBuf.Devices;

/// <summary>What a bus master may do with memory.</summary>
[Flags]
public enum DmaAccess
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Read it.</summary>
    Read = 1,

    /// <summary>Write it.</summary>
    Write = 2,

    /// <summary>Both.</summary>
    ReadWrite = Read | Write,
}

/// <summary>
/// A device as an importer of dma-bufs: what of the board's row the driver of a buffer must know (struct device upstream, with its
/// dma_mask, dma_parms and iommu_group).
/// </summary>
/// <remarks>The board makes them; <see cref="BoardDevices"/> is where they are found by name.</remarks>
public sealed record DmaDevice
{
    /// <summary>The normal world's CPU as a security module sees it (get_cpu_device in SMAF): no rights to anything restricted.</summary>
    public static DmaDevice Cpu { get; } = new() { Name = "cpu" };

    /// <summary>The board's name for the bus master.</summary>
    public required string Name { get; init; }

    /// <summary>How many address lines it has: 1 to 64.</summary>
    public int AddressBits
    {
        get;
        init => field = value is >= 1 and <= 64 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "A device has 1 to 64 address lines.");
    } = 64;

    /// <summary>Whether a buffer must be one range for it.</summary>
    public bool NeedsContiguous { get; init; }

    /// <summary>What the address of each range must be a multiple of; a power of two.</summary>
    public ulong Alignment
    {
        get;
        init => field = ulong.IsPow2(value) ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "An alignment is a power of two.");
    } = 1;

    /// <summary>The address space that its IOMMU gives it; null when it sees physical addresses, be it for want of one or through its identity domain.</summary>
    public IommuSpace? Iommu { get; init; }

    /// <summary>Whether the secure side of an IOMMU stands before restricted buffers: the device then reaches them wherever they lie.</summary>
    public bool IsBehindSecureIommu { get; init; }

    /// <summary>What may become of a buffer while the device has it mapped. A driver that says nothing can do with pinned memory only.</summary>
    public Placements Takes { get; init; } = Placements.Pinned;

    /// <summary>What it may do with restricted memory, by use case; nothing with one that does not stand here.</summary>
    public IReadOnlyDictionary<UseCase, DmaAccess> Rights { get; init; } = new Dictionary<UseCase, DmaAccess>();

    /// <summary>The heaps whose buffers it can work on, by name; null when it does not choose.</summary>
    public IReadOnlyList<string>? Heaps { get; init; }

    /// <summary>What it may do with memory of a use case; everything with memory that is for none.</summary>
    public DmaAccess RightsFor(UseCase useCase) => useCase == default ? DmaAccess.ReadWrite : Rights.GetValueOrDefault(useCase);

    /// <summary>Whether it can work on buffers of that heap.</summary>
    public bool Supports(string heap) => Heaps is null || Heaps.Contains(heap);
}
