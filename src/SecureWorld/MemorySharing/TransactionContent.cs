using RestrictedTee.SecureWorld.Interop;
using RestrictedTee.SecureWorld.SecretMemory;
using RestrictedTee.SmcTransport.Abi.Ffa;
using RestrictedTee.SmcTransport.Lifetimes;
using RestrictedTee.SmcTransport.NormalRam;

namespace RestrictedTee.SecureWorld.MemorySharing;

/// <summary>
/// What becomes of the content of the pages in a transaction. Memory that the normal world gives away is moved out of its reach,
/// and the bank shows zeros in its place: the part of a bus firewall, played with two mappings. Under the relayer's lock.
/// </summary>
internal static class TransactionContent
{
    private const ulong MaxPrivateBytes = 1UL << 30;

    /// <summary>Takes a lent or donated content from its sender; NO_MEMORY when there is no room for it.</summary>
    internal static FfaStatus TakeFromSender(PageTable pages, MemoryTransaction transaction, SecretMemoryChoice choice)
    {
        if (transaction.Kind == TransactionKind.Share)
            return FfaStatus.Success;
        bool zero = (transaction.Head.Flags & FfaMemoryFlags.Zero) != 0;
        if (transaction.Sender.IsSecure)
        {
            if (zero)
                Scrub(pages, transaction);
            return FfaStatus.Success;
        }

        if (transaction.Bytes > MaxPrivateBytes)
            return FfaStatus.NoMemory;
        try
        {
            transaction.Private = SecretMapping.Create((int)transaction.Bytes, choice);
        }
        catch (IOException)
        {
            return FfaStatus.NoMemory;
        }

        MoveOut(pages, transaction, copy: !zero);
        transaction.IsZero = zero;
        return FfaStatus.Success;
    }

    /// <summary>Gives memory back to its sender; what comes back to the normal world is zero.</summary>
    internal static void GiveBack(PageTable pages, MemoryTransaction transaction)
    {
        if (transaction.Private is not { } mapping)
            return;
        MoveBack(pages, transaction);
        if (transaction.IsZero)
            mapping.DisposeZeroed();
        else
            mapping.Dispose();
        transaction.Private = null;
    }

    /// <summary>Zeroes all of it, wherever it lies.</summary>
    internal static void Scrub(PageTable pages, MemoryTransaction transaction)
    {
        foreach (PhysicalRange range in transaction.Ranges)
        {
            PageTable.Region region = pages.Find(range)!;
            int first = region.IndexOf(range.Start);
            for (int i = 0; i < (int)(range.Length / PhysicalAddress.PageSize); i++)
            {
                using PinnedView view = region.Open(first + i);
                view.Span.Clear();
            }
        }
    }

    private static void MoveOut(PageTable pages, MemoryTransaction transaction, bool copy)
    {
        SecretMapping memory = transaction.Private!;
        int at = 0;
        foreach (PhysicalRange range in transaction.Ranges)
        {
            PageTable.Region region = pages.Find(range)!;
            RamBank bank = region.Bank!;
            ulong offset = range.Start.Value - bank.Range.Start.Value;
            int length = (int)range.Length;
            if (copy)
                bank.GetSpan(offset, length).CopyTo(memory.GetSpan((ulong)at * PhysicalAddress.PageSize, length)); // the transaction holds both
            Empty(bank, offset, length);
            foreach (ref PageRecord page in region.Slice(range))
                (page.Private, page.PrivatePage) = (memory, at++);
        }
    }

    // Nothing is copied back; the bank is emptied once more of what the normal world may have written meanwhile.
    private static void MoveBack(PageTable pages, MemoryTransaction transaction)
    {
        foreach (PhysicalRange range in transaction.Ranges)
        {
            PageTable.Region region = pages.Find(range)!;
            foreach (ref PageRecord page in region.Slice(range))
                (page.Private, page.PrivatePage) = (null, 0);
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
