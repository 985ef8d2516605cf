using RestrictedTee.SecureWorld.MemorySharing;
using RestrictedTee.SmcTransport.NormalRam;

namespace RestrictedTee.SecureWorld.Spmc;

/// <summary>
/// The RX and TX buffers of one endpoint (DEN0077A 1.2 section 7.2). RX is the endpoint's to read while it is full; TX is read
/// by copying. The other world can write to both at any time, so nothing is read twice.
/// </summary>
internal sealed class RxTxBuffers
{
    private nint _rx;
    private nint _tx;

    /// <summary>Protects the buffers and their state; taken before the relayer's lock.</summary>
    internal object Lock { get; } = new();

    internal bool IsMapped => Length != 0;

    /// <summary>Bytes of each buffer; 0 when they are not mapped.</summary>
    internal int Length { get; private set; }

    internal PhysicalRange RxRange { get; private set; }

    internal PhysicalRange TxRange { get; private set; }

    /// <summary>Whether the endpoint holds its RX buffer: it was filled and not yet released.</summary>
    internal bool IsRxFull { get; set; }

    /// <summary>What of a retrieve response did not fit into RX and waits for FFA_MEM_FRAG_RX.</summary>
    internal PendingResponse? Pending { get; set; }

    internal Span<byte> Rx => PhysicalView.At(_rx, Length);

    internal ReadOnlySpan<byte> Tx => PhysicalView.At(_tx, Length);

    internal void Map(PhysicalRange rx, nint rxAddress, PhysicalRange tx, nint txAddress)
    {
        (RxRange, _rx, TxRange, _tx) = (rx, rxAddress, tx, txAddress);
        Length = (int)rx.Length;
        IsRxFull = false;
        Pending = null;
    }

    internal void Unmap() => (Length, IsRxFull, Pending) = (0, false, null);
}

/// <summary>The rest of a retrieve response.</summary>
/// <param name="Handle">Of which transaction.</param>
/// <param name="Bytes">The whole response.</param>
/// <param name="Sent">How much of it was handed over.</param>
internal sealed record PendingResponse(SmcTransport.Abi.Ffa.MemoryHandle Handle, byte[] Bytes, int Sent);
