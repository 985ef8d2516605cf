using RestrictedTee.SmcTransport.Abi.Ffa;
using RestrictedTee.SmcTransport.Lifetimes;
using RestrictedTee.SmcTransport.NormalRam;

namespace RestrictedTee.SecureWorld.MemorySharing;

/// <summary>
/// How partitions get at memory: byte by byte, checked against its state, never by an address. The lock is the relayer's.
/// </summary>
internal sealed class PartitionAccess(PageTable pages, Dictionary<uint, MemoryTransaction> transactions, object relayerLock)
{
    /// <summary>
    /// A partition loads bytes that lie in one page; false is the data abort that it would take. The copy is made under the lock,
    /// so that no relinquish and no reclaim falls between the check and the access: what TLB invalidation does on hardware.
    /// </summary>
    internal bool TryRead(PartitionId partition, PhysicalAddress from, Span<byte> to)
    {
        lock (relayerLock)
        {
            using PinnedView page = Open(partition, from, to.Length, write: false);
            if (page.IsOpen)
                page.Span.Slice(OffsetInPage(from), to.Length).CopyTo(to);
            return page.IsOpen;
        }
    }

    /// <summary>A partition stores bytes in one page; as <see cref="TryRead"/>.</summary>
    internal bool TryWrite(PartitionId partition, PhysicalAddress to, ReadOnlySpan<byte> from)
    {
        lock (relayerLock)
        {
            using PinnedView page = Open(partition, to, from.Length, write: true);
            if (page.IsOpen)
                from.CopyTo(page.Span[OffsetInPage(to)..]);
            return page.IsOpen;
        }
    }

    private static int OffsetInPage(PhysicalAddress address) => (int)(address.Value % PhysicalAddress.PageSize);

    private PinnedView Open(PartitionId partition, PhysicalAddress address, int length, bool write)
    {
        int offset = OffsetInPage(address);
        var page = new PhysicalAddress(address.Value - (ulong)offset);
        if (length > PhysicalAddress.PageSize - offset
            || !PhysicalRange.TryCreate(page, PhysicalAddress.PageSize, out PhysicalRange range)
            || pages.Find(range) is not { } region)
        {
            return default;
        }

        int index = region.IndexOf(page);
        PageRecord record = region.Pages[index];
        bool allowed = record.Transaction == 0
            ? record.Owner == partition
            : MayAccess(transactions[record.Transaction], partition, write);
        return allowed ? region.Open(index) : default;
    }

    private static bool MayAccess(MemoryTransaction transaction, PartitionId partition, bool write)
    {
        if (transaction.Sender == partition)
            return transaction.Kind == TransactionKind.Share;
        return transaction.ReceiverOf(partition) is { Retrieved: > 0 } receiver && (!write || (receiver.Effective & FfaAccess.ReadWrite) != 0);
    }
}
