namespace RestrictedTee.NormalWorld.DmaBuf.Devices;

/// <summary>Whether a device can get at memory at all, whatever it is allowed.</summary>
public static class DmaReach
{
    /// <summary>Why it never could, in words; null when it can.</summary>
    public static string? FindProblem(DmaDevice device, IReadOnlyList<MemoryRange> ranges)
    {
        if (device.Iommu is not null)
            return null; // it sees one range of addresses that its IOMMU gives out, at multiples of a page
        if (device.NeedsContiguous && ranges.Count > 1)
            return $"{device.Name} needs one range, and the buffer has {ranges.Count}";
        ulong last = LastAddressOf(device.AddressBits);
        foreach (MemoryRange range in ranges)
        {
            if (device.IsBehindSecureIommu && range.Provider.Cookie != 0)
                continue;
            // Where the TEE has put a buffer it does not tell, but nowhere above the top of the pool.
            bool isNamed = range.Provider.Cookie != 0;
            ulong end = isNamed ? range.Provider.Top : LastOf(range);
            if (end > last)
                return $"{device.Name} has {device.AddressBits} address lines, and {range.Provider.Name} reaches up to 0x{end:x}";
            if (range.Address % device.Alignment != 0)
                return $"{device.Name} needs addresses that are multiples of 0x{device.Alignment:x}, not 0x{range.Address:x}";
        }

        return null;
    }

    /// <summary>Whoever asks for a buffer that there is not yet may ask for one that no memory holds, or for none.</summary>
    private static ulong LastOf(MemoryRange range) =>
        range.Length == 0 ? range.Address : range.Length - 1 <= ulong.MaxValue - range.Address ? range.Address + (range.Length - 1) : ulong.MaxValue;

    private static ulong LastAddressOf(int bits) => bits >= 64 ? ulong.MaxValue : (1UL << bits) - 1;
}
