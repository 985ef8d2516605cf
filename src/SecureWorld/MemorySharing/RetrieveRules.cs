using RestrictedTee.SmcTransport.Abi.Ffa;

namespace RestrictedTee.SecureWorld.MemorySharing;

/// <summary>What a retrieve request must look like, given the transaction that it names (DEN0140 section 1.12).</summary>
internal static class RetrieveRules
{
    private const FfaAccess DataMask = FfaAccess.DataReserved;
    private const FfaAccess InstructionMask = FfaAccess.InstructionReserved;
    private const FfaMemoryFlags Known =
        FfaMemoryFlags.Zero | FfaMemoryFlags.ZeroAfterRelinquish | FfaMemoryFlags.TypeDonate | FfaMemoryFlags.BypassBorrowers;

    /// <summary>Checks a request; on success <paramref name="effective"/> is the access that the caller gets.</summary>
    internal static FfaStatus Check(
        MemoryTransaction transaction, PartitionId caller, in FfaTransactionHead request, ReadOnlySpan<FfaReceiver> receivers, out FfaAccess effective)
    {
        effective = default;
        if (request.Sender != transaction.Sender)
            return FfaStatus.Denied;
        if (transaction.ReceiverOf(caller) is null || request.Tag != transaction.Head.Tag)
            return FfaStatus.InvalidParameters;
        FfaStatus status = CheckFlags(transaction, request.Flags);
        if (status == FfaStatus.Success)
            status = CheckAttributes(request.Attributes);
        if (status == FfaStatus.Success)
            status = CheckReceivers(transaction, caller, request.Flags, receivers, out effective);
        const FfaMemoryFlags Zeroing = FfaMemoryFlags.Zero | FfaMemoryFlags.ZeroAfterRelinquish;
        return status == FfaStatus.Success && (effective & DataMask) == FfaAccess.ReadOnly && (request.Flags & Zeroing) != 0
            ? FfaStatus.Denied
            : status;
    }

    private static FfaStatus CheckFlags(MemoryTransaction transaction, FfaMemoryFlags flags)
    {
        FfaMemoryFlags type = flags & FfaMemoryFlags.TypeDonate;
        if ((flags & ~Known) != 0 || (type != 0 && type != transaction.Type))
            return FfaStatus.InvalidParameters;
        if (transaction.Kind == TransactionKind.Share && (flags & (FfaMemoryFlags.Zero | FfaMemoryFlags.ZeroAfterRelinquish)) != 0)
            return FfaStatus.InvalidParameters;
        bool wantsZero = (flags & FfaMemoryFlags.Zero) != 0;
        return wantsZero && (transaction.Head.Flags & FfaMemoryFlags.Zero) == 0 ? FfaStatus.Denied : FfaStatus.Success;
    }

    private static FfaStatus CheckAttributes(ushort attributes)
    {
        if ((attributes & FfaMemoryAttributes.NonSecure) != 0)
            return FfaStatus.InvalidParameters;
        bool isSpecified = (attributes & FfaMemoryAttributes.TypeMask) != 0;
        return !isSpecified || attributes == FfaMemoryAttributes.NormalWriteBackInner ? FfaStatus.Success : FfaStatus.Denied;
    }

    private static FfaStatus CheckReceivers(
        MemoryTransaction transaction, PartitionId caller, FfaMemoryFlags flags, ReadOnlySpan<FfaReceiver> receivers, out FfaAccess effective)
    {
        effective = default;
        bool bypass = (flags & FfaMemoryFlags.BypassBorrowers) != 0;
        int expected = bypass ? 1 : transaction.Receivers.Length;
        if (receivers.Length != expected || (bypass && transaction.Receivers.Length == 1))
            return FfaStatus.InvalidParameters;
        bool found = false;
        for (int i = 0; i < receivers.Length; i++)
        {
            FfaReceiver asked = receivers[i];
            foreach (FfaReceiver other in receivers[..i])
            {
                if (other.Endpoint == asked.Endpoint)
                    return FfaStatus.InvalidParameters;
            }

            if (transaction.ReceiverOf(asked.Endpoint) is not { } offered)
                return FfaStatus.Denied;
            FfaStatus status = CheckAccess(transaction, offered.Sent.Access, asked.Access, out FfaAccess access);
            if (status != FfaStatus.Success)
                return status;
            if ((asked.ImpDefLow, asked.ImpDefHigh) != (offered.Sent.ImpDefLow, offered.Sent.ImpDefHigh))
                return FfaStatus.InvalidParameters;
            if (asked.Endpoint == caller)
                (found, effective) = (true, access);
        }

        return found ? FfaStatus.Success : FfaStatus.InvalidParameters;
    }

    private static FfaStatus CheckAccess(MemoryTransaction transaction, FfaAccess offered, FfaAccess asked, out FfaAccess effective)
    {
        effective = default;
        FfaAccess data = asked & DataMask, instructions = asked & InstructionMask;
        if (data == FfaAccess.DataReserved || instructions == FfaAccess.InstructionReserved)
            return FfaStatus.InvalidParameters;

        // Only who has the memory to itself may name, and must name, whether it will be executed.
        bool isAlone = transaction.Kind == TransactionKind.Donate || (transaction.Kind == TransactionKind.Lend && transaction.Receivers.Length == 1);
        if (isAlone == (instructions == 0))
            return FfaStatus.InvalidParameters;

        FfaAccess most = (offered & DataMask) == FfaAccess.ReadOnly ? FfaAccess.ReadOnly : FfaAccess.ReadWrite;
        if (data == FfaAccess.ReadWrite && most == FfaAccess.ReadOnly)
            return FfaStatus.Denied;
        effective = (data == 0 ? most : data) | (instructions == 0 ? FfaAccess.NotExecutable : instructions);
        return FfaStatus.Success;
    }
}
