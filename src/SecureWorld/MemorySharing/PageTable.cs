using RestrictedTee.SecureWorld.SecretMemory;
using RestrictedTee.SmcTransport.Abi.Ffa;
using RestrictedTee.SmcTransport.Lifetimes;
using RestrictedTee.SmcTransport.NormalRam;

namespace RestrictedTee.SecureWorld.MemorySharing;

/// <summary>What is known of one page. The zero value is a page that its normal world owns and nobody else has.</summary>
internal struct PageRecord
{
    /// <summary>What holds the content while it is not in the bank; null otherwise.</summary>
    internal SecretMapping? Private;

    /// <summary>Which page of <see cref="Private"/> it is.</summary>
    internal int PrivatePage;

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
    private readonly List<Region> _partitions = []; // a handful, there from the start
    private readonly Dictionary<RamBank, Region> _banks = []; // made when a bank is first asked for

    /// <summary>How many banks are known, for tests that look for leaks.</summary>
    internal int BankCount => _banks.Count;

    /// <summary>Makes known memory that belongs to a partition from the start.</summary>
    internal void Add(PhysicalRange range, SecretMapping memory, ulong offset, PartitionId owner)
    {
        var region = new Region(range, memory, offset);
        foreach (ref PageRecord page in region.Pages.AsSpan())
            page.Owner = owner;
        _partitions.Add(region);
    }

    /// <summary>The region that holds a whole range; null when there is no such memory.</summary>
    internal Region? Find(PhysicalRange range)
    {
        foreach (Region region in _partitions)
        {
            if (region.Range.Contains(range))
                return region;
        }

        if (!ram.TryFind(range, out RamBank bank))
            return null;
        if (_banks.TryGetValue(bank, out Region? known))
            return known;
        var made = new Region(bank.Range, bank, offset: 0);
        _banks.Add(bank, made);
        if (ram.Contains(bank))
            return made;
        _banks.Remove(bank); // it was taken out in between, so nobody else would
        return null;
    }

    /// <summary>A bank has been taken out: what is known of its pages goes with it.</summary>
    internal void Forget(RamBank bank) => _banks.Remove(bank);

    /// <summary>A stretch of memory with its records.</summary>
    internal sealed class Region(PhysicalRange range, IMappedMemory memory, ulong offset)
    {
        internal PhysicalRange Range => range;

        /// <summary>The bank that it is; null for memory of the secure world.</summary>
        internal RamBank? Bank => memory as RamBank;

        /// <summary>What it is mapped by.</summary>
        internal IMappedMemory Memory => memory;

        internal PageRecord[] Pages { get; } = new PageRecord[range.Length / PhysicalAddress.PageSize];

        internal int IndexOf(PhysicalAddress page) => (int)((page.Value - range.Start.Value) / PhysicalAddress.PageSize);

        internal Span<PageRecord> Slice(PhysicalRange part) =>
            Pages.AsSpan(IndexOf(part.Start), (int)(part.Length / PhysicalAddress.PageSize));

        /// <summary>Where an address of the region lies in <see cref="Memory"/>.</summary>
        internal ulong OffsetOf(PhysicalAddress address) => offset + (address.Value - range.Start.Value);

        /// <summary>A view of the content of a page, wherever it lies; not open when its bank has gone.</summary>
        internal PinnedView Open(int index) => Pages[index].Private is { } moved
            ? PinnedView.Open(moved, (ulong)Pages[index].PrivatePage * PhysicalAddress.PageSize, PhysicalAddress.PageSize)
            : PinnedView.Open(memory, offset + ((ulong)index * PhysicalAddress.PageSize), PhysicalAddress.PageSize);
    }
}
