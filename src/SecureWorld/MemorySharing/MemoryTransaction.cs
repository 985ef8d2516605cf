using RestrictedTee.SecureWorld.SecretMemory;
using RestrictedTee.SmcTransport.Abi.Ffa;
using RestrictedTee.SmcTransport.NormalRam;

namespace RestrictedTee.SecureWorld.MemorySharing;

/// <summary>What becomes of the sender's access (DEN0140 section 1.3).</summary>
internal enum TransactionKind
{
    /// <summary>The sender keeps owner and access.</summary>
    Share,

    /// <summary>The sender keeps the memory and loses access.</summary>
    Lend,

    /// <summary>The sender loses both, the receiver gets both.</summary>
    Donate,
}

/// <summary>One donate, lend or share from its sending to its end. The relayer's lock protects what changes.</summary>
internal sealed class MemoryTransaction
{
    internal required MemoryHandle Handle { get; init; }

    internal required TransactionKind Kind { get; init; }

    internal required FfaTransactionHead Head { get; init; }

    internal required Receiver[] Receivers { get; init; }

    internal required PhysicalRange[] Ranges { get; init; }

    /// <summary>The banks that the ranges lie in, a reference held on each.</summary>
    internal List<RamBank> Banks { get; } = [];

    /// <summary>Where the content of normal memory is while it is not the normal world's: the ranges, one behind the other.</summary>
    internal SecretMapping? Private { get; set; }

    /// <summary>
    /// The private memory is known to be zero, so that it need not be scrubbed before it is unmapped: scrubbing pages that
    /// were never touched would first have to make them.
    /// </summary>
    internal bool IsZero { get; set; }

    /// <summary>A receiver has asked for scrubbing when the last one leaves.</summary>
    internal bool ZeroAfterRelinquish { get; set; }

    internal PartitionId Sender => Head.Sender;

    internal ulong Bytes => (ulong)Ranges.Sum(range => (long)range.Length);

    /// <summary>Each range, kept mapped for a receiver that has retrieved them where they lie.</summary>
    internal MemoryLease[] LeaseRanges() => Array.ConvertAll(Ranges, range =>
    {
        RamBank bank = Banks.Find(bank => bank.Range.Contains(range))!;
        return bank.TryAddReference()
            ? new MemoryLease(range, bank, range.Start.Value - bank.Range.Start.Value, uses: null)
            : throw new InvalidOperationException("The transaction holds a bank that has gone.");
    });

    internal bool IsRetrieved => Array.Exists(Receivers, receiver => receiver.Retrieved != 0);

    internal FfaMemoryFlags Type => Kind switch
    {
        TransactionKind.Share => FfaMemoryFlags.TypeShare,
        TransactionKind.Lend => FfaMemoryFlags.TypeLend,
        _ => FfaMemoryFlags.TypeDonate,
    };

    internal Receiver? ReceiverOf(PartitionId partition) => Array.Find(Receivers, receiver => receiver.Sent.Endpoint == partition);

    /// <summary>A receiver, with what it was offered and what it has taken.</summary>
    internal sealed class Receiver(FfaReceiver sent)
    {
        internal FfaReceiver Sent => sent;

        /// <summary>Access that it got when it retrieved.</summary>
        internal FfaAccess Effective { get; set; }

        /// <summary>How often it has retrieved and not yet relinquished.</summary>
        internal int Retrieved { get; set; }
    }
}
