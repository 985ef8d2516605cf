using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.NormalRam;

namespace RestrictedTee.NormalWorld.DmaBuf.Devices;

/// <summary>The addresses that an IOMMU gives to what its device has mapped. Address 0 is none of them.</summary>
public sealed class IommuSpace
{
    private const int MaxPages = 1 << 28; // 1 TiB, far more than a board has

    private readonly object _lock = new(); // protects the allocator; a leaf
    private readonly RangeAllocator _pages;

    /// <param name="addressBits">How many address lines lead into it: 13 to 64.</param>
    public IommuSpace(int addressBits)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(addressBits, 13);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(addressBits, 64);
        int pageBits = Math.Min(addressBits - 12, 28);
        _pages = new RangeAllocator(Math.Min((1 << pageBits) - 1, MaxPages), granularity: 1);
    }

    /// <summary>How many pages are mapped.</summary>
    public int PagesMapped
    {
        get
        {
            lock (_lock)
                return _pages.Size - _pages.FreeBytes;
        }
    }

    /// <exception cref="TeeDriverException">ENOMEM.</exception>
    internal ulong Map(ulong length)
    {
        int page;
        lock (_lock)
            page = _pages.Allocate((long)PagesOf(length));
        return page >= 0 ? (ulong)(page + 1) * PhysicalAddress.PageSize : throw new TeeDriverException(Errno.ENOMEM, $"The IOMMU has no room for {length} bytes.");
    }

    internal void Unmap(ulong address, ulong length)
    {
        lock (_lock)
            _pages.Free((int)(address / PhysicalAddress.PageSize) - 1, (long)PagesOf(length));
    }

    private static ulong PagesOf(ulong length) => (length + PhysicalAddress.PageSize - 1) / PhysicalAddress.PageSize;
}
