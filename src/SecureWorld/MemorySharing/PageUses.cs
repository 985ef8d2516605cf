using RestrictedTee.SmcTransport.Abi.Ffa;
using RestrictedTee.SmcTransport.Interleaving;
using RestrictedTee.SmcTransport.NormalRam;

namespace RestrictedTee.SecureWorld.MemorySharing;

/// <summary>
/// Counts who keeps memory in place without a transaction: the TEE core while it works on normal memory, and endpoints with
/// their RX and TX buffers. Used pages cannot be sent. The lock is the relayer's.
/// </summary>
internal sealed class PageUses(PageTable pages, object relayerLock)
{
    /// <summary>The TEE core begins to use normal memory; false when it is not there, or not the normal world's to use.</summary>
    internal bool TryUse(PhysicalRange range, out MemoryLease lease)
    {
        lock (relayerLock)
        {
            lease = null!;
            PhysicalRange whole = WholePages(range);
            return pages.Find(whole) is { Bank: not null } region && TryLease(region, range, whole, PartitionId.NormalWorld, out lease);
        }
    }

    /// <summary>
    /// Holds whole pages of an owner in place, as its RX and TX buffers are: they stay mapped, and cannot be sent. False when they
    /// are not the owner's, or in a transaction.
    /// </summary>
    internal bool TryHold(PartitionId owner, PhysicalRange range, out MemoryLease lease)
    {
        lock (relayerLock)
        {
            lease = null!;
            return pages.Find(range) is { } region && TryLease(region, range, range, owner, out lease);
        }
    }

    /// <summary>A lease has ended; it still keeps the bank, so the records are those that were counted.</summary>
    internal void End(PhysicalRange range)
    {
        PhysicalRange whole = WholePages(range);
        lock (relayerLock)
        {
            foreach (ref PageRecord page in pages.Find(whole)!.Slice(whole))
                page.Uses--;
        }
    }

    /// <summary>Counts one more use of each page and keeps the memory; false, and nothing is counted, when a page is not free to use.</summary>
    private bool TryLease(PageTable.Region region, PhysicalRange range, PhysicalRange whole, PartitionId owner, out MemoryLease lease)
    {
        lease = null!;
        Span<PageRecord> records = region.Slice(whole);
        foreach (ref readonly PageRecord page in records)
        {
            // Pages that were moved when they were donated are their new owner's, and do not lie side by side any more.
            if (page.Owner != owner || page.Transaction != 0 || page.Private is not null || page.Uses == ushort.MaxValue)
                return false;
        }

        if (!region.Memory.TryAddReference())
            return false;
        InterleavingPoint.Reach("PageUses.TryLease");
        foreach (ref PageRecord page in records)
            page.Uses++;
        lease = new MemoryLease(range, region.Memory, region.OffsetOf(range.Start), this);
        return true;
    }

    private static PhysicalRange WholePages(PhysicalRange range)
    {
        ulong start = range.Start.Value / PhysicalAddress.PageSize * PhysicalAddress.PageSize;
        ulong end = unchecked(range.End.Value + PhysicalAddress.PageSize - 1) / PhysicalAddress.PageSize * PhysicalAddress.PageSize;
        return end > start ? PhysicalRange.Create(new PhysicalAddress(start), end - start) : range;
    }
}
