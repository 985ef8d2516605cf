using RestrictedTee.SecureWorld.Kernel.Threads;
using RestrictedTee.SecureWorld.MemorySharing;
using RestrictedTee.SmcTransport.Abi.Ffa;
using RestrictedTee.SmcTransport.Frames;
using RestrictedTee.SmcTransport.NormalRam;

namespace RestrictedTee.SecureWorld.Spmc.TestPartitions;

/// <summary>
/// All that a partition's program has: its conduit to the SPMC, its buffers, and memory as far as the relayer lets it. It
/// speaks FF-A as a partition in an exception level of its own would. Memory is loaded and stored by copying: no address of it
/// gets here, so none can be kept over a call that takes the memory away.
/// </summary>
internal sealed class PartitionPort(Partition self, FfaDispatcher spmc, MemoryRelayer relayer, PhysicalRange ram)
{
    /// <summary>The partition's own RAM.</summary>
    internal PhysicalRange Ram => ram;

    internal PartitionId Id => self.Id;

    internal FfaVersion Version => self.Version;

    /// <summary>An SMC of the partition.</summary>
    internal void Call(ref SmcFrame frame, TeeThread thread) => spmc.Call(ref frame, self, thread);

    /// <summary>Reads a byte of memory; false is the data abort that the partition would take.</summary>
    internal bool TryRead(PhysicalAddress address, out byte value)
    {
        value = 0;
        return TryRead(address, new Span<byte>(ref value));
    }

    /// <summary>Writes a byte of memory; false is the data abort that the partition would take.</summary>
    internal bool TryWrite(PhysicalAddress address, byte value) => TryWrite(address, new ReadOnlySpan<byte>(in value));

    /// <summary>Reads bytes of one page; false is a data abort.</summary>
    internal bool TryRead(PhysicalAddress from, Span<byte> to) => relayer.Access.TryRead(self.Id, from, to);

    /// <summary>Writes bytes of one page; false is a data abort.</summary>
    internal bool TryWrite(PhysicalAddress to, ReadOnlySpan<byte> from) => relayer.Access.TryWrite(self.Id, to, from);

    /// <summary>Fills the first page of TX; false when it is not mapped.</summary>
    internal bool TryWriteTx(ReadOnlySpan<byte> bytes)
    {
        PhysicalAddress? tx;
        lock (self.Buffers.Lock)
            tx = self.Buffers.TxAddress;
        return tx is { } address && TryWrite(address, bytes);
    }

    /// <summary>Reads from the first page of RX; false when it is not mapped.</summary>
    internal bool TryReadRx(Span<byte> bytes)
    {
        PhysicalAddress? rx;
        lock (self.Buffers.Lock)
            rx = self.Buffers.RxAddress;
        return rx is { } address && TryRead(address, bytes);
    }
}
