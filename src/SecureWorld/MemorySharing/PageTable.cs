using RestrictedTee.SmcTransport.Abi.Ffa;
using RestrictedTee.SmcTransport.NormalRam;

namespace RestrictedTee.SecureWorld.MemorySharing;

/// <summary>What is known of one page. The zero value is a page that its normal world owns and nobody else has.</summary>
internal struct PageRecord
{
    /// <summary>Where the content lies in this process while it is not in the bank; 0 otherwise.</summary>
    internal nint Private;

    /// <summary>Serial of the transaction that the page is in; 0 for none.</summary>
    internal uint Transaction;

    /// <summary>Who owns it.</summary>
    internal PartitionId Owner;

    /// <summary>How often the TEE core uses it as plain normal memory: registered shm, buffers, messages.</summary>
    internal ushort Uses;
}

/// <summary>
/// A record for every page of normal RAM and of the partitions' own RAM. Not locked: the relayer's lock protects it.
/// </summary>
internal sealed class PageTable(NormalRamMap ram)
{
    private readonly List<Region> _regions = [];

    /// <summary>Makes known memory that belongs to a partition from the start.</summary>
    internal void Add(PhysicalRange range, nint address, PartitionId owner)
    {
        var region = new Region(range, address, bank: null);
        foreach (ref PageRecord page in region.Pages.AsSpan())
            page.Owner = owner;
        _regions.Add(region);
    }

    /// <summary>The region that holds a whole range; null when there is no such memory.</summary>
    internal Region? Find(PhysicalRange range)
    {
        foreach (Region region in _regions)
        {
            if (region.Range.Contains(range) && region.IsPlugged(ram))
                return region;
        }

        if (!ram.TryFind(range, out RamBank bank))
            return null;
        // Banks come and go; a region is made when its bank is first asked for, and forgotten when the bank was taken out.
        _regions.RemoveAll(region => !region.IsPlugged(ram));
        var made = new Region(bank.Range, bank.BaseAddress, bank);
        _regions.Add(made);
        return made;
    }

    /// <summary>A stretch of memory with its records.</summary>
    internal sealed class Region(PhysicalRange range, nint address, RamBank? bank)
    {
        internal PhysicalRange Range => range;

        /// <summary>The bank that it is; null for memory of the secure world.</summary>
        internal RamBank? Bank => bank;

        internal PageRecord[] Pages { get; } = new PageRecord[range.Length / PhysicalAddress.PageSize];

        internal bool IsPlugged(NormalRamMap ram) => bank is null || ram.Banks.Contains(bank);

        internal int IndexOf(PhysicalAddress page) => (int)((page.Value - range.Start.Value) / PhysicalAddress.PageSize);

        internal Span<PageRecord> Slice(PhysicalRange part) =>
            Pages.AsSpan(IndexOf(part.Start), (int)(part.Length / PhysicalAddress.PageSize));

        /// <summary>Where the content of a page lies in this process.</summary>
        internal nint AddressOf(int index) =>
            Pages[index].Private != 0 ? Pages[index].Private : address + ((nint)index * PhysicalAddress.PageSize);
    }
}
