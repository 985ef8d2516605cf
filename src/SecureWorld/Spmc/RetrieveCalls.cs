using System.Runtime.InteropServices;
using RestrictedTee.SecureWorld.Kernel.Threads;
using RestrictedTee.SecureWorld.MemorySharing;
using RestrictedTee.SmcTransport.Abi.Ffa;
using RestrictedTee.SmcTransport.Frames;
using RestrictedTee.SmcTransport.NormalRam;

namespace RestrictedTee.SecureWorld.Spmc;

/// <summary>Retrieving memory: the request, the response in RX, and its fragments (DEN0140 sections 2.4 to 2.6).</summary>
internal sealed class RetrieveCalls
{
    private readonly MemoryRelayer _relayer;

    internal RetrieveCalls(FfaDispatcher dispatcher, MemoryRelayer relayer)
    {
        _relayer = relayer;
        dispatcher.Add(FfaFunction.MemRetrieveReq32, Retrieve);
        dispatcher.Add(FfaFunction.MemRetrieveReq64, Retrieve);
        dispatcher.Add(FfaFunction.MemFragRx, NextFragment);
    }

    private void Retrieve(ref SmcFrame frame, Partition caller, TeeThread thread)
    {
        uint total = frame.A1, length = frame.A2;
        DescriptorPlace place = MemoryCalls.PlaceOf(frame);
        // A request has no ranges, so it never needs a second fragment.
        byte[] bytes = [];
        FfaStatus status = !frame.AreZero(5, 7) || length != total || length > PhysicalAddress.PageSize
            ? FfaStatus.InvalidParameters
            : place.Copy(caller, _relayer, (int)length, out bytes);
        if (status != FfaStatus.Success)
        {
            frame.Error(status);
            return;
        }

        if (FfaTransactionReader.ReadRetrieve(bytes, caller.Version) is not { } request)
        {
            frame.Error(FfaStatus.InvalidParameters);
            return;
        }

        RxTxBuffers buffers = caller.Buffers;
        lock (buffers.Lock)
        {
            if (!buffers.IsMapped || buffers.IsRxFull)
            {
                frame.Error(buffers.IsMapped ? FfaStatus.Busy : FfaStatus.Denied);
                return;
            }

            status = _relayer.Retrieve(caller.Id, request.Head, request.Receivers, out MemoryTransaction? transaction, out FfaAccess access);
            if (status != FfaStatus.Success)
            {
                frame.Error(status);
                return;
            }

            byte[] response = Compose(transaction!, caller, access);
            int sent = Put(buffers, transaction!.Handle, response, 0);
            frame = default;
            (frame.A0, frame.A1, frame.A2) = (FfaFunction.MemRetrieveResp, (uint)response.Length, (uint)sent);
        }
    }

    private static void NextFragment(ref SmcFrame frame, Partition caller, TeeThread thread)
    {
        MemoryHandle handle = MemoryHandle.FromHalves(frame.A1, frame.A2);
        uint offset = frame.A3, sender = frame.A4;
        RxTxBuffers buffers = caller.Buffers;
        lock (buffers.Lock)
        {
            bool isMine = sender == 0 || sender == (uint)caller.Id.Value << 16;
            if (!isMine || buffers.Pending is not { } pending || pending.Handle != handle || pending.Sent != offset)
            {
                frame.Error(FfaStatus.InvalidParameters);
                return;
            }

            if (buffers.IsRxFull)
            {
                frame.Error(FfaStatus.Busy);
                return;
            }

            int sent = Put(buffers, handle, pending.Bytes, pending.Sent);
            frame = default;
            (frame.A0, frame.A1, frame.A2, frame.A3) = (FfaFunction.MemFragTx, handle.Low, handle.High, (uint)sent);
        }
    }

    /// <summary>Fills RX with as much as it takes, and remembers the rest. Both lengths are multiples of a range, so ranges stay whole.</summary>
    private static int Put(RxTxBuffers buffers, MemoryHandle handle, byte[] response, int offset)
    {
        int length = Math.Min(response.Length - offset, buffers.Length);
        response.AsSpan(offset, length).CopyTo(buffers.Rx);
        buffers.IsRxFull = true;
        buffers.Pending = offset + length < response.Length ? new PendingResponse(handle, response, offset + length) : null;
        return length;
    }

    private static byte[] Compose(MemoryTransaction transaction, Partition caller, FfaAccess access)
    {
        FfaReceiver sent = transaction.ReceiverOf(caller.Id)!.Sent;
        // What the normal world shares stays non-secure memory; what it lends or donates has been moved.
        bool isNonSecure = transaction is { Kind: TransactionKind.Share, Sender.IsSecure: false } && caller.Version >= FfaVersion.V1_1;
        ushort attributes = (ushort)(FfaMemoryAttributes.NormalWriteBackInner | (isNonSecure ? FfaMemoryAttributes.NonSecure : 0));
        FfaTransactionHead head = transaction.Head with
        {
            Attributes = attributes,
            Flags = transaction.Type | (transaction.Head.Flags & FfaMemoryFlags.Zero),
        };
        PhysicalRange[] ranges = transaction.Ranges;
        byte[] response = new byte[FfaTransactionWriter.Length(caller.Version, 1, ranges.Length)];
        int at = FfaTransactionWriter.Write(
            response, caller.Version, head, [sent with { Access = access }], (uint)(transaction.Bytes / PhysicalAddress.PageSize), (uint)ranges.Length);
        foreach (PhysicalRange range in ranges)
        {
            MemoryMarshal.Write(response.AsSpan(at), new FfaMemRange { Address = range.Start.Value, PageCount = (uint)(range.Length / PhysicalAddress.PageSize) });
            at += FfaMemRange.Size;
        }

        return response;
    }
}
