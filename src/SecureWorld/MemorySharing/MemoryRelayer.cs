using RestrictedTee.SecureWorld.SecretMemory;
using RestrictedTee.SmcTransport.Abi.Ffa;
using RestrictedTee.SmcTransport.Interleaving;
using RestrictedTee.SmcTransport.NormalRam;

namespace RestrictedTee.SecureWorld.MemorySharing;

/// <summary>
/// The relayer of the specification: knows the state of every page, carries out each transition whole or not at all, and
/// refuses what the state does not allow. States of a page, for the normal world W, a partition P and the transaction T it is in:
/// <code>
///   owned        Owner W, no T, not used     W: access
///   used         Owner W, no T, Uses > 0     W: access, TEE core: access; no T may begin
///   shared       Owner W, T share            W: access, receivers that retrieved: as granted
///   lent         Owner W, T lend             W: none, receivers that retrieved: as granted
///   donating     Owner W, T donate           W: none; reclaim, or retrieve which makes it owned by P
/// </code>
/// </summary>
internal sealed class MemoryRelayer : IDisposable
{
    private const int MaxTransactions = 16 * 1024;
    private const int MaxRetrievals = 255; // announced by FFA_FEATURES of FFA_MEM_RETRIEVE_REQ as 2^(7+1)-1

    private readonly object _lock = new(); // protects pages, transactions and what hangs on them; taken before that of nothing else
    private readonly PageTable _pages;
    private readonly Dictionary<uint, MemoryTransaction> _transactions = [];
    private readonly List<MemoryTransaction> _donated = []; // what the normal world gave away: the content stays where it was moved to
    private readonly SecretMemoryChoice _choice;
    private uint _serial;

    internal MemoryRelayer(NormalRamMap ram, SecretMemoryChoice choice)
    {
        Ram = ram;
        _choice = choice;
        _pages = new PageTable(ram);
        Uses = new PageUses(_pages, _lock);
        Access = new PartitionAccess(_pages, _transactions, _lock);
        ram.Unplugged += Forget;
    }

    internal NormalRamMap Ram { get; }

    /// <summary>Memory that is kept in place without a transaction.</summary>
    internal PageUses Uses { get; }

    /// <summary>Loads and stores of partitions.</summary>
    internal PartitionAccess Access { get; }

    /// <summary>How many transactions there are, for tests that look for leaks.</summary>
    internal int Count
    {
        get
        {
            lock (_lock)
                return _transactions.Count;
        }
    }

    /// <summary>Of how many banks the pages are known, for tests that look for leaks.</summary>
    internal int BankCount
    {
        get
        {
            lock (_lock)
                return _pages.BankCount;
        }
    }

    /// <summary>Makes known memory that belongs to a partition from the start.</summary>
    internal void AddPartitionRam(PhysicalRange range, SecretMapping memory, ulong offset, PartitionId owner)
    {
        lock (_lock)
            _pages.Add(range, memory, offset, owner);
    }

    /// <summary>A name for a transaction that a sender begins.</summary>
    internal MemoryHandle NewHandle(PartitionId sender)
    {
        lock (_lock)
        {
            do
                _serial = unchecked(_serial + 1);
            while (_serial == 0 || _transactions.ContainsKey(_serial));
            ulong origin = sender.IsSecure ? 1UL << 45 : 1UL << 44; // FFA_MEMORY_HANDLE_SECURE_BIT and NON_SECURE_BIT upstream
            return new MemoryHandle(origin | _serial);
        }
    }

    /// <summary>Donates, lends or shares under a new name.</summary>
    internal FfaStatus Send(TransactionKind kind, in FfaTransactionHead head, FfaReceiver[] receivers, PhysicalRange[] ranges, out MemoryTransaction? transaction) =>
        Send(kind, head, receivers, ranges, NewHandle(head.Sender), out transaction);

    /// <summary>Donates, lends or shares. The head and receivers have passed <see cref="SendRules"/>.</summary>
    internal FfaStatus Send(
        TransactionKind kind, in FfaTransactionHead head, FfaReceiver[] receivers, PhysicalRange[] ranges, MemoryHandle handle, out MemoryTransaction? transaction)
    {
        transaction = null;
        lock (_lock)
        {
            uint serial = SerialOf(handle);
            if (_transactions.Count >= MaxTransactions || _transactions.ContainsKey(serial))
                return FfaStatus.NoMemory;
            var made = new MemoryTransaction
            {
                Handle = handle,
                Kind = kind,
                Head = head with { Handle = handle },
                Receivers = [.. receivers.Select(receiver => new MemoryTransaction.Receiver(receiver))],
                Ranges = ranges,
            };
            FfaStatus status = Mark(made, serial);
            if (status == FfaStatus.Success)
                status = TransactionContent.TakeFromSender(_pages, made, _choice);
            if (status != FfaStatus.Success)
            {
                Unmark(made, serial);
                return status;
            }

            _transactions.Add(serial, made);
            transaction = made;
            return FfaStatus.Success;
        }
    }

    /// <summary>A receiver takes what it was offered.</summary>
    internal FfaStatus Retrieve(PartitionId caller, in FfaTransactionHead request, ReadOnlySpan<FfaReceiver> receivers, out MemoryTransaction? transaction, out FfaAccess access)
    {
        access = default;
        lock (_lock)
        {
            transaction = Find(request.Handle);
            if (transaction is null)
                return FfaStatus.InvalidParameters;
            FfaStatus status = RetrieveRules.Check(transaction, caller, request, receivers, out access);
            if (status == FfaStatus.Success)
                status = Take(transaction, caller, access);
            if (status == FfaStatus.Success && (request.Flags & FfaMemoryFlags.ZeroAfterRelinquish) != 0)
                transaction.ZeroAfterRelinquish = true;
            return status;
        }
    }

    /// <summary>The TEE takes what it was offered, without a descriptor: it is the relayer's own process.</summary>
    internal MemoryTransaction? RetrieveForTee(MemoryHandle handle, TransactionKind kind)
    {
        lock (_lock)
        {
            return Find(handle) is { } transaction && transaction.Kind == kind && transaction.Sender == PartitionId.NormalWorld
                && transaction.ReceiverOf(PartitionId.Tee) is { Sent.Access: FfaAccess.ReadWrite }
                && Take(transaction, PartitionId.Tee, FfaAccess.ReadWrite | FfaAccess.NotExecutable) == FfaStatus.Success
                ? transaction
                : null;
        }
    }

    /// <summary>A receiver gives back once what it has retrieved.</summary>
    internal FfaStatus Relinquish(PartitionId caller, MemoryHandle handle, FfaMemoryFlags flags)
    {
        lock (_lock)
        {
            if (Find(handle) is not { } transaction || transaction.ReceiverOf(caller) is not { } receiver)
                return FfaStatus.InvalidParameters;
            bool zero = (flags & FfaMemoryFlags.Zero) != 0;
            if (zero && transaction.Kind == TransactionKind.Share)
                return FfaStatus.InvalidParameters;
            if (receiver.Retrieved == 0 || (zero && (receiver.Effective & FfaAccess.ReadWrite) == 0))
                return FfaStatus.Denied;
            receiver.Retrieved--;
            if (!transaction.IsRetrieved && (zero || transaction.ZeroAfterRelinquish))
                TransactionContent.Scrub(_pages, transaction);
            return FfaStatus.Success;
        }
    }

    /// <summary>The TEE gives back memory that was its alone and that it has left zeroed.</summary>
    internal void RelinquishZeroed(MemoryHandle handle)
    {
        lock (_lock)
        {
            Relinquish(PartitionId.Tee, handle, FfaMemoryFlags.None);
            InterleavingPoint.Reach("MemoryRelayer.RelinquishZeroed");
            if (Find(handle) is { } transaction)
                transaction.IsZero = transaction is { Receivers.Length: 1, IsRetrieved: false };
        }
    }

    /// <summary>The sender takes back what nobody has any more.</summary>
    internal FfaStatus Reclaim(PartitionId caller, MemoryHandle handle, FfaMemoryFlags flags)
    {
        if ((flags & ~FfaMemoryFlags.Zero) != 0)
            return FfaStatus.InvalidParameters;
        lock (_lock)
        {
            if (Find(handle) is not { } transaction || transaction.Sender != caller)
                return FfaStatus.InvalidParameters;
            if (transaction.IsRetrieved)
                return FfaStatus.Denied;
            if ((flags & FfaMemoryFlags.Zero) != 0)
                TransactionContent.Scrub(_pages, transaction);
            TransactionContent.GiveBack(_pages, transaction);
            Unmark(transaction, SerialOf(handle));
            _transactions.Remove(SerialOf(handle));
            return FfaStatus.Success;
        }
    }

    /// <summary>Scrubs all memory that is not the normal world's to see.</summary>
    internal void Scrub()
    {
        lock (_lock)
        {
            foreach (SecretMapping mapping in PrivateMappings)
                mapping.Scrub();
        }
    }

    public void Dispose()
    {
        Ram.Unplugged -= Forget;
        lock (_lock)
        {
            foreach (SecretMapping mapping in PrivateMappings)
                mapping.Dispose();
            foreach (MemoryTransaction transaction in _transactions.Values.Concat(_donated))
                transaction.Banks.ForEach(bank => bank.Release());
            _transactions.Clear();
            _donated.Clear();
        }
    }

    private void Forget(RamBank bank)
    {
        lock (_lock)
            _pages.Forget(bank);
    }

    private IEnumerable<SecretMapping> PrivateMappings =>
        _transactions.Values.Concat(_donated).Where(t => t.Private is not null).Select(t => t.Private!);

    private static uint SerialOf(MemoryHandle handle) => handle.Low;

    private MemoryTransaction? Find(MemoryHandle handle) =>
        _transactions.TryGetValue(SerialOf(handle), out MemoryTransaction? transaction) && transaction.Handle == handle ? transaction : null;

    /// <summary>Puts every page into the transaction; what was marked before a failure is for the caller to unmark.</summary>
    private FfaStatus Mark(MemoryTransaction transaction, uint serial)
    {
        foreach (PhysicalRange range in transaction.Ranges)
        {
            if (_pages.Find(range) is not { } region || (region.Bank is { } bank && !bank.TryAddReference()))
                return FfaStatus.InvalidParameters;
            if (region.Bank is not null)
                transaction.Banks.Add(region.Bank);
            foreach (ref PageRecord page in region.Slice(range))
            {
                if (page.Transaction == serial)
                    return FfaStatus.InvalidParameters; // the ranges overlap each other
                if (page.Owner != transaction.Sender || page.Transaction != 0 || page.Uses != 0)
                    return FfaStatus.Denied;
                InterleavingPoint.Reach("MemoryRelayer.Mark");
                page.Transaction = serial;
            }
        }

        return FfaStatus.Success;
    }

    private void Unmark(MemoryTransaction transaction, uint serial)
    {
        foreach (PhysicalRange range in transaction.Ranges)
        {
            if (_pages.Find(range) is not { } region)
                continue;
            foreach (ref PageRecord page in region.Slice(range))
            {
                if (page.Transaction == serial)
                    page.Transaction = 0;
            }
        }

        transaction.Banks.ForEach(bank => bank.Release());
        transaction.Banks.Clear();
    }

    private FfaStatus Take(MemoryTransaction transaction, PartitionId caller, FfaAccess access)
    {
        MemoryTransaction.Receiver receiver = transaction.ReceiverOf(caller)!;
        if (receiver.Retrieved == MaxRetrievals)
            return FfaStatus.NoMemory;
        receiver.Effective = access;
        transaction.IsZero = false;
        if (transaction.Kind == TransactionKind.Donate)
            PassOwnership(transaction, caller);
        else
            receiver.Retrieved++;
        return FfaStatus.Success;
    }

    private void PassOwnership(MemoryTransaction transaction, PartitionId owner)
    {
        foreach (PhysicalRange range in transaction.Ranges)
        {
            foreach (ref PageRecord page in _pages.Find(range)!.Slice(range))
                (page.Owner, page.Transaction) = (owner, 0);
        }

        if (transaction.Private is not null)
            _donated.Add(transaction);
        _transactions.Remove(SerialOf(transaction.Handle));
    }
}
