using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Kernel.Memory;
using RestrictedTee.SecureWorld.MemorySharing;
using RestrictedTee.SmcTransport.Abi.Ffa;
using RestrictedTee.SmcTransport.Board;
using RestrictedTee.SmcTransport.Interleaving;
using RestrictedTee.SmcTransport.NormalRam;

namespace RestrictedTee.SecureWorld.ProtectedMemory;

/// <summary>
/// Ranges that the normal world lends to dynamic pools: by OPTEE_MSG_CMD_LEND_PROTMEM and RECLAIM_PROTMEM over SMC, by FFA_MEM_LEND,
/// ASSIGN_PROTMEM and RELEASE_PROTMEM over FF-A (mobj_protmem_* and mobj_ffa_assign_protmem upstream).
/// </summary>
internal sealed class LentMemory(MemoryRelayer relayer, RestrictedMemory restricted, MemoryObjectTable objects)
{
    private readonly object _lock = new(); // one transition at a time; taken before those of the table, the pools and the relayer

    /// <summary>Lends and assigns in one, under a name of the normal world's choice.</summary>
    internal TeeResult Lend(UseCase useCase, PhysicalRange range, ulong cookie)
    {
        lock (_lock)
        {
            if (cookie is 0 or ulong.MaxValue || objects.IsTaken(cookie) || PoolFor(useCase, range) is not { } pool)
                return TeeResult.BadParameters;
            InterleavingPoint.Reach("LentMemory.Lend");
            var head = new FfaTransactionHead(PartitionId.NormalWorld, FfaMemoryAttributes.NotSpecified, FfaMemoryFlags.Zero, default, Tag: 0);
            FfaStatus status = relayer.Send(
                TransactionKind.Lend, head, [new FfaReceiver(PartitionId.Tee, FfaAccess.ReadWrite)], [range], out MemoryTransaction? transaction);
            if (status != FfaStatus.Success)
                return status == FfaStatus.NoMemory ? TeeResult.OutOfMemory : TeeResult.BadParameters;
            relayer.RetrieveForTee(transaction!.Handle, TransactionKind.Lend);
            if (TryAdd(pool, transaction, range, cookie))
                return TeeResult.Success;
            relayer.RelinquishZeroed(transaction.Handle);
            relayer.Reclaim(PartitionId.NormalWorld, transaction.Handle, FfaMemoryFlags.None);
            return TeeResult.OutOfMemory;
        }
    }

    /// <summary>Takes a range out of its pool and gives it back, scrubbed.</summary>
    /// <returns>ITEM_NOT_FOUND, or BUSY while a buffer lives in it.</returns>
    internal TeeResult Reclaim(ulong cookie)
    {
        lock (_lock)
        {
            TeeResult result = Remove(cookie, out MemoryHandle handle);
            if (result == TeeResult.Success)
                relayer.Reclaim(PartitionId.NormalWorld, handle, FfaMemoryFlags.None);
            return result;
        }
    }

    /// <summary>Gives memory that was lent to the TEE alone its use case.</summary>
    internal TeeResult Assign(MemoryHandle handle, UseCase useCase)
    {
        lock (_lock)
        {
            if (objects.IsTaken(handle.Value))
                return TeeResult.Busy;
            if (relayer.RetrieveForTee(handle, TransactionKind.Lend) is not { } transaction)
                return TeeResult.ItemNotFound;
            TeeResult result = TeeResult.BadParameters;
            if (transaction.Receivers.Length == 1 && TryJoin(transaction.Ranges, out PhysicalRange range) && PoolFor(useCase, range) is { } pool)
            {
                // A pool's free memory is zero, whatever the lender left in it.
                if ((transaction.Head.Flags & FfaMemoryFlags.Zero) == 0)
                    transaction.Private!.Span.Clear();
                result = TryAdd(pool, transaction, range, handle.Value) ? TeeResult.Success : TeeResult.OutOfMemory;
            }

            if (result != TeeResult.Success)
                relayer.Relinquish(PartitionId.Tee, handle, FfaMemoryFlags.None);
            return result;
        }
    }

    /// <summary>Takes a range out of its pool; the normal world reclaims it itself.</summary>
    /// <returns>ITEM_NOT_FOUND, or BUSY while a buffer lives in it.</returns>
    internal TeeResult Release(MemoryHandle handle)
    {
        lock (_lock)
            return Remove(handle.Value, out _);
    }

    private bool TryAdd(RestrictedPool pool, MemoryTransaction transaction, PhysicalRange range, ulong cookie)
    {
        var region = new RestrictedRegion(pool.UseCase, range, transaction.Private!, pool.Granularity);
        if (!objects.TryAdd(new LentRange(pool, region, cookie, transaction.Handle)))
            return false;
        pool.Add(region);
        return true;
    }

    private TeeResult Remove(ulong cookie, out MemoryHandle handle)
    {
        handle = default;
        if (objects.Get(cookie) is not { } found)
            return TeeResult.ItemNotFound;
        found.Release();
        if (found is not LentRange lent)
            return TeeResult.ItemNotFound;
        if (!lent.Region.TryClose())
            return TeeResult.Busy;
        handle = lent.Handle;
        InterleavingPoint.Reach("LentMemory.Remove");
        lent.Pool.Remove(lent.Region);
        objects.Remove<LentRange>(cookie)!.Release();
        relayer.RelinquishZeroed(handle); // a region without buffers is zero: each was scrubbed when it was freed
        return TeeResult.Success;
    }

    private RestrictedPool? PoolFor(UseCase useCase, PhysicalRange range) =>
        restricted.PoolOf(useCase) is { IsDynamic: true } pool
            && range.Length >= pool.MinimumSize
            && range.Start.Value % pool.Alignment == 0
            && range.Length % pool.Alignment == 0
            ? pool
            : null;

    private static bool TryJoin(PhysicalRange[] ranges, out PhysicalRange joined)
    {
        joined = ranges[0];
        foreach (PhysicalRange next in ranges.AsSpan(1))
        {
            if (next.Start != joined.End)
                return false;
            joined = PhysicalRange.Create(joined.Start, joined.Length + next.Length);
        }

        return true;
    }
}

/// <summary>A range that is lent, by its name. It is no memory of its own to a call: a reference into it is one to the buffer that it holds there.</summary>
internal sealed class LentRange(RestrictedPool pool, RestrictedRegion region, ulong cookie, MemoryHandle handle) : MemoryObject
{
    internal RestrictedPool Pool => pool;

    internal RestrictedRegion Region => region;

    internal MemoryHandle Handle => handle;

    internal override ulong Cookie => cookie;

    internal override ulong Size => region.Range.Length;

    protected override void OnLastReference()
    {
        // The region is the pool's, and the memory the relayer's.
    }
}
