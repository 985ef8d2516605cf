using RestrictedTee.SecureWorld.MemorySharing;
using RestrictedTee.SmcTransport.Abi.Ffa;
using RestrictedTee.SmcTransport.NormalRam;

namespace RestrictedTee.SecureWorld.Spmc;

/// <summary>Where a memory call has put its descriptor: in TX, or in pages of its own (DEN0140 section 1.14).</summary>
/// <param name="Address">0 for TX.</param>
/// <param name="Pages">How many pages, when not in TX.</param>
internal readonly record struct DescriptorPlace(ulong Address, uint Pages)
{
    /// <summary>Copies the bytes that a call says are there into private memory; they are read nowhere else (invariant 3).</summary>
    internal FfaStatus Copy(Partition caller, MemoryRelayer relayer, int length, out byte[] bytes)
    {
        bytes = [];
        if (Address == 0)
            return Pages == 0 ? CopyFromTx(caller, length, out bytes) : FfaStatus.InvalidParameters;
        ulong room = (ulong)Pages * PhysicalAddress.PageSize;
        if (!new PhysicalAddress(Address).IsPageAligned || (ulong)length > room || room == 0
            || !PhysicalRange.TryCreate(new PhysicalAddress(Address), room, out PhysicalRange range)
            || !relayer.Uses.TryHold(caller.Id, range, out MemoryLease lease))
        {
            return FfaStatus.InvalidParameters;
        }

        using (lease)
            bytes = lease.Span[..length].ToArray();
        return FfaStatus.Success;
    }

    private static FfaStatus CopyFromTx(Partition caller, int length, out byte[] bytes)
    {
        bytes = [];
        lock (caller.Buffers.Lock)
        {
            if (!caller.Buffers.IsMapped)
                return FfaStatus.Denied;
            if (length > caller.Buffers.Length)
                return FfaStatus.InvalidParameters;
            bytes = caller.Buffers.Tx[..length].ToArray();
            return FfaStatus.Success;
        }
    }
}
