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

    /// <param name="device">Who maps.</param>
    /// <param name="direction">Which way.</param>
    /// <param name="memory">The pieces of the buffer.</param>
    /// <param name="handle">The TEE's handle, by which the device has the buffer as one range; 0 when the TEE had no part in it.</param>
    /// <exception cref="Uapi.TeeDriverException">ENOMEM: the IOMMU is full.</exception>
    internal static DmaMapping Create(DmaDevice device, DmaDirection direction, IReadOnlyList<MemoryRange> memory, ulong handle)
    {
        ulong length = memory.Aggregate(0UL, (sum, range) => sum + range.Length);
        RangeAttributes attributes = memory.Aggregate(RangeAttributes.None, (all, range) => all | range.Attributes);
        if (handle != 0)
            return new DmaMapping(direction, memory, [new DeviceRange(handle, 0, length, attributes)], null);
        if (device.Iommu is not { } iommu)
            return new DmaMapping(direction, memory, [.. memory.Select(range => new DeviceRange(0, range.Address, range.Length, range.Attributes))], null);
        return new DmaMapping(direction, memory, [new DeviceRange(0, iommu.Map(length), length, attributes)], iommu);
    }

    internal void End() => _iommu?.Unmap(Device[0].Address, Device[0].Length);
}
