using RestrictedTee.SecureWorld.Kernel.Threads;
using RestrictedTee.SecureWorld.MemorySharing;
using RestrictedTee.SmcTransport.Abi.Ffa;
using RestrictedTee.SmcTransport.Frames;
using RestrictedTee.SmcTransport.NormalRam;

namespace RestrictedTee.SecureWorld.Spmc.Partitions;

/// <summary>
/// All that a partition's program has: its conduit to the SPMC, its buffers, and memory as far as the relayer lets it. It
/// speaks FF-A as a partition in an exception level of its own would.
/// </summary>
internal sealed class PartitionPort(Partition self, FfaDispatcher spmc, MemoryRelayer relayer, PhysicalRange ram)
{
    /// <summary>The partition's own RAM.</summary>
    internal PhysicalRange Ram => ram;

    internal PartitionId Id => self.Id;

    internal FfaVersion Version => self.Version;

    internal Span<byte> Tx => PageSpan(self.Buffers.TxRange.Start, write: true);

    internal ReadOnlySpan<byte> Rx => PageSpan(self.Buffers.RxRange.Start, write: false);

    /// <summary>An SMC of the partition.</summary>
    internal void Call(ref SmcFrame frame, TeeThread thread) => spmc.Call(ref frame, self, thread);

    /// <summary>Reads a byte of memory; false is the data abort that the partition would take.</summary>
    internal bool TryRead(PhysicalAddress address, out byte value)
    {
        bool allowed = relayer.TryAccess(self.Id, PageOf(address), write: false, out nint page);
        value = allowed ? PhysicalView.At(page, PhysicalAddress.PageSize)[OffsetIn(address)] : (byte)0;
        return allowed;
    }

    /// <summary>Writes a byte of memory; false is the data abort that the partition would take.</summary>
    internal bool TryWrite(PhysicalAddress address, byte value)
    {
        bool allowed = relayer.TryAccess(self.Id, PageOf(address), write: true, out nint page);
        if (allowed)
            PhysicalView.At(page, PhysicalAddress.PageSize)[OffsetIn(address)] = value;
        return allowed;
    }

    /// <summary>A page to read and write; empty when the partition may not.</summary>
    internal Span<byte> PageAt(PhysicalAddress page) => page.IsPageAligned ? PageSpan(page, write: true) : default;

    private static PhysicalAddress PageOf(PhysicalAddress address) => new(address.Value / PhysicalAddress.PageSize * PhysicalAddress.PageSize);

    private static int OffsetIn(PhysicalAddress address) => (int)(address.Value % PhysicalAddress.PageSize);

    private Span<byte> PageSpan(PhysicalAddress page, bool write) =>
        relayer.TryAccess(self.Id, page, write, out nint address) ? PhysicalView.At(address, PhysicalAddress.PageSize) : default;
}
