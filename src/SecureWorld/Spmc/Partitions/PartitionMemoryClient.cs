using System.Runtime.InteropServices;
using RestrictedTee.Contracts;
using RestrictedTee.SecureWorld.Kernel.Threads;
using RestrictedTee.SmcTransport.Abi.Ffa;
using RestrictedTee.SmcTransport.Frames;
using RestrictedTee.SmcTransport.NormalRam;

namespace RestrictedTee.SecureWorld.Spmc.Partitions;

/// <summary>A partition's side of memory management: writes descriptors to TX, makes the call, reads RX.</summary>
internal sealed class PartitionMemoryClient(PartitionPort port)
{
    private readonly object _lock = new(); // one user of RX and TX at a time; never held across a direct request
    private bool _mapped;

    /// <summary>Sends one page.</summary>
    internal FfaStatus Send(uint function, PhysicalAddress page, ReadOnlySpan<FfaReceiver> receivers, TeeThread thread, out MemoryHandle handle, FfaMemoryFlags flags = FfaMemoryFlags.None)
    {
        handle = default;
        uint kind = function & ~FfaFunction.Is64Bit;
        bool isAlone = kind == FfaFunction.MemDonate32 || (kind == FfaFunction.MemLend32 && receivers.Length == 1);
        ushort attributes = isAlone ? FfaMemoryAttributes.NotSpecified : FfaMemoryAttributes.NormalWriteBackInner;
        lock (_lock)
        {
            MapBuffers(thread);
            Span<byte> tx = port.Tx;
            int length = FfaTransactionWriter.Write(tx, port.Version, new FfaTransactionHead(port.Id, attributes, flags, default, Tag: 0), receivers, 1, 1);
            MemoryMarshal.Write(tx[length..], new FfaMemRange { Address = page.Value, PageCount = 1 });
            length += FfaMemRange.Size;
            SmcFrame frame = Call(function, (uint)length, (uint)length, thread);
            if (frame.A0 != FfaFunction.Success32)
                return frame.Status();
            handle = MemoryHandle.FromHalves(frame.A2, frame.A3);
            return FfaStatus.Success;
        }
    }

    /// <summary>Retrieves, and reads the whole response, fragment by fragment.</summary>
    internal FfaStatus Retrieve(
        MemoryHandle handle, PartitionId sender, ReadOnlySpan<FfaReceiver> receivers, FfaMemoryFlags flags, TeeThread thread, out PhysicalRange[] ranges, out FfaAccess access)
    {
        (ranges, access) = ([], default);
        lock (_lock)
        {
            MapBuffers(thread);
            var head = new FfaTransactionHead(sender, FfaMemoryAttributes.NotSpecified, flags, handle, Tag: 0);
            int length = FfaTransactionWriter.Write(port.Tx, port.Version, head, receivers, 0, 0);
            SmcFrame frame = Call(FfaFunction.MemRetrieveReq32, (uint)length, (uint)length, thread);
            if (frame.A0 != FfaFunction.MemRetrieveResp)
                return frame.Status();
            byte[] response = new byte[frame.A1];
            int received = ReadRx(response, 0, (int)frame.A2, thread);
            while (received < response.Length)
            {
                frame = Call(FfaFunction.MemFragRx, handle.Low, handle.High, thread, (uint)received);
                if (frame.A0 != FfaFunction.MemFragTx)
                    return frame.Status();
                received += ReadRx(response, received, (int)frame.A3, thread);
            }

            return Parse(response, out ranges, out access);
        }
    }

    internal FfaStatus Relinquish(MemoryHandle handle, FfaMemoryFlags flags, TeeThread thread)
    {
        lock (_lock)
        {
            MapBuffers(thread);
            Span<byte> tx = port.Tx;
            MemoryMarshal.Write(tx, new FfaMemRelinquish { Handle = handle.Value, Flags = (uint)flags, EndpointCount = 1 });
            MemoryMarshal.Write(tx[FfaMemRelinquish.Size..], port.Id.Value);
            return Call(FfaFunction.MemRelinquish, 0, 0, thread).Status();
        }
    }

    internal FfaStatus Reclaim(MemoryHandle handle, FfaMemoryFlags flags, TeeThread thread) =>
        Call(FfaFunction.MemReclaim, handle.Low, handle.High, thread, (uint)flags).Status();

    /// <summary>Makes the call that a page describes (<see cref="EchoPartitions.Proxy"/>); false when the page cannot be reached.</summary>
    internal bool TryProxy(PhysicalAddress page, TeeThread thread)
    {
        Span<byte> shared = port.PageAt(page);
        if (shared.IsEmpty)
            return false;
        SmcFrame frame = default;
        shared.Slice(EchoPartitions.Proxy.FrameOffset, SmcFrame.Size).CopyTo(frame.AsBytes());
        lock (_lock)
        {
            MapBuffers(thread);
            shared.Slice(EchoPartitions.Proxy.TxOffset, EchoPartitions.Proxy.TxLength).CopyTo(port.Tx);
            port.Call(ref frame, thread);
            port.Rx[..EchoPartitions.Proxy.RxLength].CopyTo(shared[EchoPartitions.Proxy.RxOffset..]);
        }

        // The call may have taken the page away from the partition; then there is nowhere to answer to.
        shared = port.PageAt(page);
        frame.AsBytes().CopyTo(shared.IsEmpty ? default : shared[EchoPartitions.Proxy.FrameOffset..]);
        return !shared.IsEmpty;
    }

    private SmcFrame Call(uint function, uint w1, uint w2, TeeThread thread, uint w3 = 0)
    {
        SmcFrame frame = FfaFrame.Of(function, w1, w2, w3);
        port.Call(ref frame, thread);
        return frame;
    }

    private void MapBuffers(TeeThread thread)
    {
        if (_mapped)
            return;
        // The first page of its RAM is TX, the second RX.
        ulong tx = port.Ram.Start.Value;
        SmcFrame frame = default;
        frame.A0 = FfaFunction.RxTxMap64;
        (frame[1], frame[2], frame[3]) = (tx, tx + PhysicalAddress.PageSize, 1);
        port.Call(ref frame, thread);
        _mapped = frame.A0 == FfaFunction.Success32
            ? true
            : throw new InvalidOperationException($"Partition {port.Id} could not map its buffers: {frame.Status()}.");
    }

    private int ReadRx(byte[] response, int offset, int length, TeeThread thread)
    {
        port.Rx[..length].CopyTo(response.AsSpan(offset));
        Call(FfaFunction.RxRelease, 0, 0, thread);
        return length;
    }

    private FfaStatus Parse(byte[] response, out PhysicalRange[] ranges, out FfaAccess access)
    {
        (ranges, access) = ([], default);
        if (FfaTransactionReader.ReadSend(response, (uint)response.Length, port.Version) is not { } reader)
            return FfaStatus.InvalidParameters;
        ReadOnlySpan<FfaMemRange> described = MemoryMarshal.Cast<byte, FfaMemRange>(response.AsSpan(reader.RangesOffset));
        ranges = new PhysicalRange[described.Length];
        for (int i = 0; i < ranges.Length; i++)
            ranges[i] = PhysicalRange.Create(new PhysicalAddress(described[i].Address), (ulong)described[i].PageCount * PhysicalAddress.PageSize);
        access = reader.Receivers[0].Access;
        return FfaStatus.Success;
    }
}
