using RestrictedTee.SmcTransport.Abi.Ffa;
using RestrictedTee.SmcTransport.NormalRam;

namespace RestrictedTee.SecureWorld.MemorySharing;

/// <summary>What a donate, lend or share must look like, whatever state the memory is in (DEN0140 section 1.11).</summary>
internal static class SendRules
{
    private const FfaAccess DataMask = FfaAccess.DataReserved;

    /// <summary>Checks head and receivers against the kind of transaction.</summary>
    internal static FfaStatus Check(TransactionKind kind, in FfaTransactionHead head, ReadOnlySpan<FfaReceiver> receivers, Func<PartitionId, bool> mayReceive)
    {
        // Sharing leaves the memory with its owner, who would see it zeroed under its hands.
        FfaMemoryFlags allowed = kind == TransactionKind.Share ? FfaMemoryFlags.None : FfaMemoryFlags.Zero;
        if ((head.Flags & ~allowed) != 0 || head.Handle.Value != 0 || (head.Attributes & FfaMemoryAttributes.NonSecure) != 0)
            return FfaStatus.InvalidParameters;
        if (kind == TransactionKind.Donate && receivers.Length != 1)
            return FfaStatus.InvalidParameters;
        FfaStatus status = CheckAttributes(kind, head.Attributes, receivers.Length);
        for (int i = 0; i < receivers.Length && status == FfaStatus.Success; i++)
            status = CheckReceiver(kind, head.Sender, receivers, i, mayReceive);
        return status;
    }

    /// <summary>Turns the ranges of a descriptor into ranges of memory; INVALID_PARAMETERS when one is misaligned, empty, wraps, or the pages do not add up.</summary>
    internal static FfaStatus ReadRanges(ReadOnlySpan<FfaMemRange> source, uint pages, Span<PhysicalRange> ranges)
    {
        ulong total = 0;
        for (int i = 0; i < source.Length; i++)
        {
            FfaMemRange range = source[i];
            var start = new PhysicalAddress(range.Address);
            if (range.Reserved != 0 || range.PageCount == 0 || !start.IsPageAligned
                || !PhysicalRange.TryCreate(start, (ulong)range.PageCount * PhysicalAddress.PageSize, out ranges[i]))
            {
                return FfaStatus.InvalidParameters;
            }

            total += range.PageCount;
        }

        return total == pages ? FfaStatus.Success : FfaStatus.InvalidParameters;
    }

    // Table 1.18: with one receiver that gets the memory to itself the attributes are the receiver's to name.
    private static FfaStatus CheckAttributes(TransactionKind kind, ushort attributes, int receivers)
    {
        if (kind == TransactionKind.Donate || (kind == TransactionKind.Lend && receivers == 1))
            return (attributes & FfaMemoryAttributes.TypeMask) == 0 ? FfaStatus.Success : FfaStatus.InvalidParameters;
        return attributes == FfaMemoryAttributes.NormalWriteBackInner ? FfaStatus.Success : FfaStatus.Denied;
    }

    private static FfaStatus CheckReceiver(
        TransactionKind kind, PartitionId sender, ReadOnlySpan<FfaReceiver> receivers, int index, Func<PartitionId, bool> mayReceive)
    {
        FfaReceiver receiver = receivers[index];
        if (receiver.Endpoint == sender || receiver.Flags != 0)
            return FfaStatus.InvalidParameters;
        foreach (FfaReceiver other in receivers[..index])
        {
            if (other.Endpoint == receiver.Endpoint)
                return FfaStatus.InvalidParameters;
        }

        // Secure memory cannot be given to the normal world, which the bus would not let at it.
        if (receiver.Endpoint == PartitionId.NormalWorld)
            return FfaStatus.Denied;
        if (!mayReceive(receiver.Endpoint))
            return FfaStatus.InvalidParameters;

        FfaAccess data = receiver.Access & DataMask;
        bool isSpecified = data is FfaAccess.ReadOnly or FfaAccess.ReadWrite;
        if ((receiver.Access & FfaAccess.InstructionReserved) != 0 || data == FfaAccess.DataReserved)
            return FfaStatus.InvalidParameters;
        return isSpecified == (kind != TransactionKind.Donate) ? FfaStatus.Success : FfaStatus.InvalidParameters;
    }
}
