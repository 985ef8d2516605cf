using System.Runtime.InteropServices;
using RestrictedTee.Contracts;
using RestrictedTee.SecureWorld.Kernel.Threads;
using RestrictedTee.SmcTransport.Abi.Ffa;
using RestrictedTee.SmcTransport.Frames;
using RestrictedTee.SmcTransport.NormalRam;

namespace RestrictedTee.SecureWorld.Spmc.TestPartitions;

/// <summary>A partition's side of memory management: writes descriptors to TX, makes the call, reads RX.</summary>
internal sealed class PartitionMemoryClient(PartitionPort port)
{
    /// <summary>
    /// One user of RX and TX at a time. Taken before the SPMC's locks, and held only across calls that end in the SPMC: one that
    /// lets somebody else run (<see cref="MessageCalls.LetsOthersRun"/>) could come back for the same lock on another CPU.
    /// </summary>
    private readonly object _lock = new();
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
            byte[] tx = new byte[PhysicalAddress.PageSize];
            int length = FfaTransactionWriter.Write(tx, port.Version, new FfaTransactionHead(port.Id, attributes, flags, default, Tag: 0), receivers, 1, 1);
            MemoryMarshal.Write(tx.AsSpan(length), new FfaMemRange { Address = page.Value, PageCount = 1 });
            length += FfaMemRange.Size;
            if (!port.TryWriteTx(tx.AsSpan(0, length)))
                return FfaStatus.Denied;
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
            byte[] tx = new byte[PhysicalAddress.PageSize];
            int length = FfaTransactionWriter.Write(tx, port.Version, head, receivers, 0, 0);
            if (!port.TryWriteTx(tx.AsSpan(0, length)))
                return FfaStatus.Denied;
            SmcFrame frame = Call(FfaFunction.MemRetrieveReq32, (uint)length, (uint)length, thread);
            if (frame.A0 != FfaFunction.MemRetrieveResp)
                return frame.Status();
            byte[] response = new byte[frame.A1];
            int received = 0;
            while (TryTakeRx(response, ref received, frame.A0 == FfaFunction.MemRetrieveResp ? frame.A2 : frame.A3, thread) && received < response.Length)
            {
                frame = Call(FfaFunction.MemFragRx, handle.Low, handle.High, thread, (uint)received);
                if (frame.A0 != FfaFunction.MemFragTx)
                    return frame.Status();
            }

            return received == response.Length ? Parse(response, out ranges, out access) : FfaStatus.Aborted;
        }
    }

    internal FfaStatus Relinquish(MemoryHandle handle, FfaMemoryFlags flags, TeeThread thread)
    {
        lock (_lock)
        {
            MapBuffers(thread);
            Span<byte> tx = stackalloc byte[FfaMemRelinquish.Size + sizeof(ushort)];
            MemoryMarshal.Write(tx, new FfaMemRelinquish { Handle = handle.Value, Flags = (uint)flags, EndpointCount = 1 });
            MemoryMarshal.Write(tx[FfaMemRelinquish.Size..], port.Id.Value);
            return port.TryWriteTx(tx) ? Call(FfaFunction.MemRelinquish, 0, 0, thread).Status() : FfaStatus.Denied;
        }
    }

    internal FfaStatus Reclaim(MemoryHandle handle, FfaMemoryFlags flags, TeeThread thread) =>
        Call(FfaFunction.MemReclaim, handle.Low, handle.High, thread, (uint)flags).Status();

    /// <summary>
    /// Makes the call that a page describes (<see cref="EchoPartitions.Proxy"/>); false when the page cannot be reached, before or
    /// after: the call may have taken it away from the partition, and then there is nowhere to answer to.
    /// </summary>
    internal bool TryProxy(PhysicalAddress page, TeeThread thread)
    {
        byte[] request = new byte[PhysicalAddress.PageSize];
        if (!page.IsPageAligned || !port.TryRead(page, request))
            return false;
        SmcFrame frame = default;
        request.AsSpan(EchoPartitions.Proxy.FrameOffset, SmcFrame.Size).CopyTo(frame.AsBytes());
        ReadOnlySpan<byte> tx = request.AsSpan(EchoPartitions.Proxy.TxOffset, EchoPartitions.Proxy.TxLength);
        byte[] rx = new byte[EchoPartitions.Proxy.RxLength];
        // Messages use neither buffer.
        if (MessageCalls.LetsOthersRun(frame.A0))
        {
            port.Call(ref frame, thread);
        }
        else
        {
            lock (_lock)
            {
                MapBuffers(thread);
                port.TryWriteTx(tx); // unmapped by an earlier call, there is no TX to fill; the call then says so itself
                port.Call(ref frame, thread);
                port.TryReadRx(rx);
            }
        }

        return port.TryWrite(page + EchoPartitions.Proxy.RxOffset, rx) && port.TryWrite(page + EchoPartitions.Proxy.FrameOffset, frame.AsReadOnlyBytes());
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
        // DENIED: a call that was passed on has mapped them already, perhaps elsewhere.
        _mapped = frame.Status() is FfaStatus.Success or FfaStatus.Denied
            ? true
            : throw new InvalidOperationException($"Partition {port.Id} could not map its buffers: {frame.Status()}.");
    }

    private bool TryTakeRx(byte[] response, ref int received, uint length, TeeThread thread)
    {
        bool read = length <= PhysicalAddress.PageSize && length <= response.Length - received && port.TryReadRx(response.AsSpan(received, (int)length));
        Call(FfaFunction.RxRelease, 0, 0, thread);
        received += read ? (int)length : 0;
        return read && length != 0;
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
