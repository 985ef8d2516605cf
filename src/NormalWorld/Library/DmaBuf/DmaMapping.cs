using RestrictedTee.NormalWorld.DmaBuf.Devices;

namespace RestrictedTee.NormalWorld.DmaBuf;

/// <summary>A buffer as a device sees it: what went in and what came out, apart (a scatter list has both in one, and half of neither).</summary>
public sealed class DmaMapping
{
    private readonly IommuSpace? _iommu;

    private DmaMapping(DmaDirection direction, IReadOnlyList<MemoryRange> memory, IReadOnlyList<DeviceRange> device, IommuSpace? iommu)
    {
        (Direction, Memory, Device, _iommu) = (direction, memory, device, iommu);
    }

    /// <summary>Which way.</summary>
    public DmaDirection Direction { get; }

    /// <summary>The memory, as its exporter has it.</summary>
    public IReadOnlyList<MemoryRange> Memory { get; }

    /// <summary>The addresses that the device uses; whole pages.</summary>
    public IReadOnlyList<DeviceRange> Device { get; }

    /// <exception cref="Uapi.TeeDriverException">ENOMEM: the IOMMU is full.</exception>
    internal static DmaMapping Create(DmaDevice device, DmaDirection direction, IReadOnlyList<MemoryRange> memory)
    {
        if (device.Iommu is not { } iommu || memory.Any(range => range.Provider.Cookie != 0)) // what only the TEE can find, only its side can map
            return new DmaMapping(direction, memory, [.. memory.Select(range => new DeviceRange(range.Provider.Cookie, range.Address, range.Length, range.Attributes))], null);
        ulong length = memory.Aggregate(0UL, (sum, range) => sum + range.Length);
        RangeAttributes attributes = memory.Aggregate(RangeAttributes.None, (all, range) => all | range.Attributes);
        return new DmaMapping(direction, memory, [new DeviceRange(0, iommu.Map(length), length, attributes)], iommu);
    }

    internal void End() => _iommu?.Unmap(Device[0].Address, Device[0].Length);
}
