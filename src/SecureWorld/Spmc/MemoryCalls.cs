using System.Runtime.InteropServices;
using RestrictedTee.SecureWorld.Kernel.Threads;
using RestrictedTee.SecureWorld.MemorySharing;
using RestrictedTee.SmcTransport.Abi.Ffa;
using RestrictedTee.SmcTransport.Frames;
using RestrictedTee.SmcTransport.NormalRam;

namespace RestrictedTee.SecureWorld.Spmc;

/// <summary>Donate, lend, share, relinquish and reclaim, and fragments on their way in (DEN0140 chapter 2).</summary>
internal sealed class MemoryCalls
{
    /// <summary>The longest descriptor that is taken: room for every page of a 1 GiB bank as a range of its own.</summary>
    private const uint MaxDescriptor = (4 << 20) + 4096;

    private readonly MemoryRelayer _relayer;
    private readonly PartitionTable _partitions;
    private readonly FragmentStore _fragments = new();

    internal MemoryCalls(FfaDispatcher dispatcher, MemoryRelayer relayer, PartitionTable partitions)
    {
        _relayer = relayer;
        _partitions = partitions;
        AddBoth(FfaFunction.MemDonate32, TransactionKind.Donate);
        AddBoth(FfaFunction.MemLend32, TransactionKind.Lend);
        AddBoth(FfaFunction.MemShare32, TransactionKind.Share);
        dispatcher.Add(FfaFunction.MemFragTx, NextFragment);
        dispatcher.Add(FfaFunction.MemRelinquish, Relinquish);
        dispatcher.Add(FfaFunction.MemReclaim, Reclaim);

        void AddBoth(uint function, TransactionKind kind)
        {
            dispatcher.Add(function, (ref f, caller, _) => Send(ref f, caller, kind));
            dispatcher.Add(function | FfaFunction.Is64Bit, (ref f, caller, _) => Send(ref f, caller, kind));
        }
    }

    /// <summary>Where the registers of a memory call say that its descriptor lies.</summary>
    internal static DescriptorPlace PlaceOf(in SmcFrame frame) =>
        new((frame.A0 & FfaFunction.Is64Bit) != 0 ? frame[3] : frame.A3, frame.A4);

    private void Send(ref SmcFrame frame, Partition caller, TransactionKind kind)
    {
        uint total = frame.A1, length = frame.A2;
        DescriptorPlace place = PlaceOf(frame);
        FfaStatus status = !frame.AreZero(5, 7) || length > total ? FfaStatus.InvalidParameters
            : total > MaxDescriptor ? FfaStatus.NoMemory
            : FfaStatus.Success;
        byte[] bytes = [];
        if (status == FfaStatus.Success)
            status = place.Copy(caller, _relayer, (int)length, out bytes);
        if (status != FfaStatus.Success)
        {
            frame.Error(status);
            return;
        }

        if (FfaTransactionReader.ReadSend(bytes, total, caller.Version) is not { } reader)
        {
            frame.Error(FfaStatus.InvalidParameters);
            return;
        }

        status = reader.Head.Sender == caller.Id ? SendRules.Check(kind, reader.Head, reader.Receivers, MayReceive) : FfaStatus.Denied;
        if (status != FfaStatus.Success)
        {
            frame.Error(status);
            return;
        }

        var send = new FragmentedSend(_relayer.NewHandle(caller.Id), caller, kind, reader, place);
        Continue(ref frame, send, bytes.AsSpan(reader.RangesOffset));
    }

    private void NextFragment(ref SmcFrame frame, Partition caller, TeeThread thread)
    {
        uint length = frame.A3;
        uint sender = frame.A4;
        if ((sender != 0 && sender != (uint)caller.Id.Value << 16) || _fragments.Take(MemoryHandle.FromHalves(frame.A1, frame.A2), caller) is not { } send)
        {
            frame.Error(FfaStatus.InvalidParameters);
            return;
        }

        // A fragment that cannot be taken ends the transmission: the sender's place in it is lost.
        byte[] bytes = [];
        FfaStatus status = length is 0 or > MaxDescriptor ? FfaStatus.InvalidParameters : send.Place.Copy(caller, _relayer, (int)length, out bytes);
        if (status == FfaStatus.Success)
            Continue(ref frame, send, bytes);
        else
            frame.Error(status);
    }

    private void Continue(ref SmcFrame frame, FragmentedSend send, ReadOnlySpan<byte> ranges)
    {
        if (!send.TryAdd(ranges))
        {
            frame.Error(FfaStatus.InvalidParameters);
            return;
        }

        if (send.IsComplete)
        {
            FfaStatus status = Finish(send);
            if (status == FfaStatus.Success)
                frame.Success(send.Handle.Low, send.Handle.High);
            else
                frame.Error(status);
            return;
        }

        _fragments.Add(send);
        frame = default;
        (frame.A0, frame.A1, frame.A2, frame.A3) = (FfaFunction.MemFragRx, send.Handle.Low, send.Handle.High, send.Received);
    }

    private FfaStatus Finish(FragmentedSend send)
    {
        var ranges = new PhysicalRange[send.Ranges.Length];
        FfaStatus status = SendRules.ReadRanges(send.Ranges, send.Reader.PageCount, ranges);
        return status == FfaStatus.Success
            ? _relayer.Send(send.Kind, send.Reader.Head, send.Reader.Receivers, ranges, send.Handle, out _)
            : status;
    }

    private bool MayReceive(PartitionId id) => _partitions.Find(id) is { TakesMemory: true };

    private void Relinquish(ref SmcFrame frame, Partition caller, TeeThread thread)
    {
        const int Length = FfaMemRelinquish.Size + sizeof(ushort);
        FfaStatus status = new DescriptorPlace(0, 0).Copy(caller, _relayer, Length, out byte[] bytes);
        if (status != FfaStatus.Success)
        {
            frame.Error(status);
            return;
        }

        var descriptor = MemoryMarshal.Read<FfaMemRelinquish>(bytes);
        ushort endpoint = MemoryMarshal.Read<ushort>(bytes.AsSpan(FfaMemRelinquish.Size));
        // Other endpoints are devices that depend on the caller, of which there are none.
        bool valid = descriptor.EndpointCount == 1 && endpoint == caller.Id.Value && (descriptor.Flags & ~(uint)FfaMemoryFlags.Zero) == 0;
        frame.Simple(valid
            ? _relayer.Relinquish(caller.Id, new MemoryHandle(descriptor.Handle), (FfaMemoryFlags)descriptor.Flags)
            : FfaStatus.InvalidParameters);
    }

    private void Reclaim(ref SmcFrame frame, Partition caller, TeeThread thread)
    {
        bool valid = frame.AreZero(4, 7);
        frame.Simple(valid
            ? _relayer.Reclaim(caller.Id, MemoryHandle.FromHalves(frame.A1, frame.A2), (FfaMemoryFlags)frame.A3)
            : FfaStatus.InvalidParameters);
    }
}
