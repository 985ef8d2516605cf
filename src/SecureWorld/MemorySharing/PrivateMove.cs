using RestrictedTee.SecureWorld.Interop;
using RestrictedTee.SmcTransport.NormalRam;

namespace RestrictedTee.SecureWorld.MemorySharing;

/// <summary>
/// Moves the content of normal memory out of reach of the normal world, and makes the bank show zeros in its place: the part
/// of a bus firewall, played with two mappings. Under the relayer's lock.
/// </summary>
internal static class PrivateMove
{
    /// <summary>Out of the bank, into the transaction's private memory.</summary>
    internal static void Out(PageTable pages, MemoryTransaction transaction, bool copy)
    {
        nint at = transaction.Private!.Address;
        foreach (PhysicalRange range in transaction.Ranges)
        {
            PageTable.Region region = pages.Find(range)!;
            RamBank bank = region.Bank!;
            ulong offset = range.Start.Value - bank.Range.Start.Value;
            int length = (int)range.Length;
            if (copy)
                bank.GetSpan(offset, length).CopyTo(PhysicalView.At(at, length));
            Empty(bank, offset, length);
            foreach (ref PageRecord page in region.Slice(range))
            {
                page.Private = at;
                at += PhysicalAddress.PageSize;
            }
        }
    }

    /// <summary>Back to the bank, which is emptied once more of what the normal world may have written meanwhile; nothing is copied.</summary>
    internal static void Back(PageTable pages, MemoryTransaction transaction)
    {
        foreach (PhysicalRange range in transaction.Ranges)
        {
            PageTable.Region region = pages.Find(range)!;
            foreach (ref PageRecord page in region.Slice(range))
                page.Private = 0;
            Empty(region.Bank!, range.Start.Value - region.Range.Start.Value, (int)range.Length);
        }
    }

    // A hole reads as zeros through every mapping and costs no memory; where the file system has none, zeros are written.
    private static void Empty(RamBank bank, ulong offset, int length)
    {
        const int PunchHole = Libc.FallocKeepSize | Libc.FallocPunchHole;
        if (Libc.Fallocate((int)bank.Memfd.DangerousGetHandle(), PunchHole, (long)offset, length) < 0)
            bank.GetSpan(offset, length).Clear();
    }
}
