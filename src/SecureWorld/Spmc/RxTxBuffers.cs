using RestrictedTee.SecureWorld.MemorySharing;
using RestrictedTee.SmcTransport.NormalRam;

namespace RestrictedTee.SecureWorld.Spmc;

/// <summary>
/// The RX and TX buffers of one endpoint (DEN0077A 1.2 section 7.2). RX is the endpoint's to read while it is full; TX is read
/// by copying. The other world can write to both at any time, so nothing is read twice.
/// </summary>
internal sealed class RxTxBuffers
{
    private MemoryLease? _rx;
    private MemoryLease? _tx;

    /// <summary>Protects the buffers and their state; taken before the relayer's lock.</summary>
    internal object Lock { get; } = new();

    internal bool IsMapped => _rx is not null;

    /// <summary>Bytes of each buffer; 0 when they are not mapped.</summary>
    internal int Length => _rx is { } rx ? (int)rx.Range.Length : 0;

    /// <summary>Where the owner finds TX; null when it is not mapped.</summary>
    internal PhysicalAddress? TxAddress => _tx?.Range.Start;

    /// <summary>Where the owner finds RX; null when it is not mapped.</summary>
    internal PhysicalAddress? RxAddress => _rx?.Range.Start;

    /// <summary>Whether the endpoint holds its RX buffer: it was filled and not yet released.</summary>
    internal bool IsRxFull { get; set; }

    /// <summary>What of a retrieve response did not fit into RX and waits for FFA_MEM_FRAG_RX.</summary>
    internal PendingResponse? Pending { get; set; }

    /// <summary>The bytes of RX, for who holds the lock.</summary>
    internal Span<byte> Rx => _rx is { } rx ? rx.Span : default;

    /// <summary>The bytes of TX, for who holds the lock.</summary>
    internal ReadOnlySpan<byte> Tx => _tx is { } tx ? tx.Span : default;

    /// <summary>Takes both leases over.</summary>
    internal void Map(MemoryLease rx, MemoryLease tx)
    {
        (_rx, _tx) = (rx, tx);
        IsRxFull = false;
        Pending = null;
    }

    internal void Unmap()
    {
        _rx?.Dispose();
        _tx?.Dispose();
        (_rx, _tx, IsRxFull, Pending) = (null, null, false, null);
    }
}

/// <summary>The rest of a retrieve response.</summary>
/// <param name="Handle">Of which transaction.</param>
/// <param name="Bytes">The whole response.</param>
/// <param name="Sent">How much of it was handed over.</param>
internal sealed record PendingResponse(SmcTransport.Abi.Ffa.MemoryHandle Handle, byte[] Bytes, int Sent);
