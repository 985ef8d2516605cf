using RestrictedTee.SmcTransport.Abi.Ffa;
using RestrictedTee.SmcTransport.NormalRam;

namespace RestrictedTee.SecureWorld.MemorySharing;

/// <summary>
/// Counts who keeps memory in place without a transaction: the TEE core while it works on normal memory, and endpoints with
/// their RX and TX buffers. Used pages cannot be sent. The lock is the relayer's.
/// </summary>
internal sealed class PageUses(PageTable pages, object relayerLock)
{
    /// <summary>The TEE core begins to use normal memory; false when it is not there, or not the normal world's to use.</summary>
    internal bool TryUse(PhysicalRange range, out RamBank bank)
    {
        bank = null!;
        PhysicalRange whole = WholePages(range);
        lock (relayerLock)
        {
            if (pages.Find(whole) is not { Bank: { } found } region || !TryCount(region, whole, PartitionId.NormalWorld))
                return false;
            bank = found;
            return true;
        }
    }

    /// <summary>The TEE core has done with memory that <see cref="TryUse"/> gave it.</summary>
    internal void EndUse(PhysicalRange range, RamBank bank)
    {
        PhysicalRange whole = WholePages(range);
        lock (relayerLock)
        {
            if (pages.Find(whole) is { } region)
                Discount(region, whole);
            bank.Release();
        }
    }

    /// <summary>
    /// Holds memory of an owner in place, as its RX and TX buffers are: it stays mapped, and cannot be sent. False when it is
    /// not the owner's, or in a transaction.
    /// </summary>
    internal bool TryHold(PartitionId owner, PhysicalRange range, out nint address)
    {
        address = 0;
        lock (relayerLock)
        {
            if (pages.Find(range) is not { } region || !TryCount(region, range, owner))
                return false;
            address = region.AddressOf(region.IndexOf(range.Start));
            return true;
        }
    }

    /// <summary>Lets go of what <see cref="TryHold"/> gave.</summary>
    internal void EndHold(PhysicalRange range)
    {
        lock (relayerLock)
        {
            if (pages.Find(range) is not { } region)
                return;
            Discount(region, range);
            region.Bank?.Release();
        }
    }

    /// <summary>Counts one more use of each page and keeps the bank; false, and nothing is counted, when a page is not free to use.</summary>
    private static bool TryCount(PageTable.Region region, PhysicalRange range, PartitionId owner)
    {
        Span<PageRecord> records = region.Slice(range);
        foreach (ref readonly PageRecord page in records)
        {
            // Pages that were moved when they were donated are their new owner's, and do not lie side by side any more.
            if (page.Owner != owner || page.Transaction != 0 || page.Private != 0 || page.Uses == ushort.MaxValue)
                return false;
        }

        if (region.Bank is { } bank && !bank.TryAddReference())
            return false;
        foreach (ref PageRecord page in records)
            page.Uses++;
        return true;
    }

    private static void Discount(PageTable.Region region, PhysicalRange range)
    {
        foreach (ref PageRecord page in region.Slice(range))
            page.Uses--;
    }

    private static PhysicalRange WholePages(PhysicalRange range)
    {
        ulong start = range.Start.Value / PhysicalAddress.PageSize * PhysicalAddress.PageSize;
        ulong end = unchecked(range.End.Value + PhysicalAddress.PageSize - 1) / PhysicalAddress.PageSize * PhysicalAddress.PageSize;
        return end > start ? PhysicalRange.Create(new PhysicalAddress(start), end - start) : range;
    }
}
