using RestrictedTee.SecureWorld.Kernel.Threads;
using RestrictedTee.SecureWorld.MemorySharing;
using RestrictedTee.SmcTransport.Abi;
using RestrictedTee.SmcTransport.Abi.Ffa;
using RestrictedTee.SmcTransport.Frames;
using RestrictedTee.SmcTransport.NormalRam;

namespace RestrictedTee.SecureWorld.Spmc;

/// <summary>Version, features, ids, RX and TX buffers (DEN0077A 1.2 chapter 13).</summary>
internal sealed class SetupCalls
{
    /// <summary>The most pages of a buffer: what fits the six bits of w3.</summary>
    private const uint MaxBufferPages = 63;

    /// <summary>The interrupt id that FFA_FEATURES names for the schedule receiver interrupt; the notification line plays its part.</summary>
    private const uint ScheduleReceiverInterrupt = 8;

    /// <summary>FFA_FEATURES of a memory transaction: descriptors may lie outside of TX (bit 0).</summary>
    private const uint DynamicBuffers = 1;

    /// <summary>FFA_FEATURES of retrieve: the NS bit is set in responses (bit 1).</summary>
    private const uint SetsNonSecureBit = 1 << 1;

    /// <summary>FFA_FEATURES of retrieve, w3: a receiver may retrieve 2^(7+1)-1 times.</summary>
    private const uint RetrieveCountExponent = 7;

    private static readonly Dictionary<uint, AbiRow> Rows = FfaCalls.Surface.Rows.ToDictionary(row => (uint)row.Number);

    private readonly MemoryRelayer _relayer;

    internal SetupCalls(FfaDispatcher dispatcher, MemoryRelayer relayer)
    {
        _relayer = relayer;
        dispatcher.Add(FfaFunction.Version, Version);
        dispatcher.Add(FfaFunction.Features, Features);
        dispatcher.Add(FfaFunction.IdGet, (ref f, caller, _) => f.Success(caller.Id.Value));
        dispatcher.Add(FfaFunction.SpmIdGet, (ref f, _, _) => f.Success(PartitionId.Spmc.Value));
        dispatcher.Add(FfaFunction.RxTxMap32, Map);
        dispatcher.Add(FfaFunction.RxTxMap64, Map);
        dispatcher.Add(FfaFunction.RxTxUnmap, Unmap);
        dispatcher.Add(FfaFunction.RxRelease, Release);
    }

    // The answer is a version in w0, or NOT_SUPPORTED there: this call is older than FFA_ERROR.
    private static void Version(ref SmcFrame frame, Partition caller, TeeThread thread)
    {
        uint asked = frame.A1;
        var version = new FfaVersion(asked);
        bool compatible = asked >> 31 == 0 && version.Major == FfaVersion.V1_2.Major && version <= FfaVersion.V1_2;
        bool accepted = compatible && (!caller.IsVersionFinal || caller.Version == version);
        if (accepted)
            caller.Version = version;
        frame = default;
        frame.A0 = accepted ? FfaVersion.V1_2.Value : unchecked((uint)(int)FfaStatus.NotSupported);
    }

    private static void Features(ref SmcFrame frame, Partition caller, TeeThread thread)
    {
        uint asked = frame.A1;
        switch (asked)
        {
            case FfaFunction.FeatureScheduleReceiverInterrupt when caller.Id == PartitionId.NormalWorld:
                frame.Success(ScheduleReceiverInterrupt);
                return;
            case FfaFunction.RxTxMap32 or FfaFunction.RxTxMap64:
                frame.Success(caller.Version >= FfaVersion.V1_2 ? MaxBufferPages << 16 : 0); // bits 1:0 zero: 4 KiB at least
                return;
            case FfaFunction.MemDonate32 or FfaFunction.MemDonate64 or FfaFunction.MemLend32 or FfaFunction.MemLend64 or FfaFunction.MemShare32 or FfaFunction.MemShare64:
                frame.Success(DynamicBuffers);
                return;
            case FfaFunction.MemRetrieveReq32 or FfaFunction.MemRetrieveReq64:
                frame.Success(DynamicBuffers | SetsNonSecureBit, RetrieveCountExponent);
                return;
            case FfaFunction.MsgSendDirectReq2 or FfaFunction.MsgSendDirectResp2 or FfaFunction.PartitionInfoGetRegs when caller.Version < FfaVersion.V1_2:
                frame.Error(FfaStatus.NotSupported);
                return;
            case FfaFunction.Error or FfaFunction.Success32 or FfaFunction.Success64:
                frame.Success();
                return;
            default:
                frame.Simple(Rows.TryGetValue(asked, out AbiRow? row) && row.Support != Support.Refused ? FfaStatus.Success : FfaStatus.NotSupported);
                return;
        }
    }

    private void Map(ref SmcFrame frame, Partition caller, TeeThread thread)
    {
        bool is64 = (frame.A0 & FfaFunction.Is64Bit) != 0;
        ulong tx = is64 ? frame[1] : frame.A1, rx = is64 ? frame[2] : frame.A2;
        ulong pages = is64 ? frame[3] : frame.A3;
        frame.Simple(Map(caller, tx, rx, pages));
    }

    private FfaStatus Map(Partition caller, ulong tx, ulong rx, ulong pages)
    {
        // The count is looked at before it is multiplied: it is any 64 bits that the caller likes.
        ulong length = pages is 0 or > MaxBufferPages ? 0 : pages * PhysicalAddress.PageSize;
        if (length == 0
            || !new PhysicalAddress(tx).IsPageAligned
            || !new PhysicalAddress(rx).IsPageAligned
            || !PhysicalRange.TryCreate(new PhysicalAddress(tx), length, out PhysicalRange txRange)
            || !PhysicalRange.TryCreate(new PhysicalAddress(rx), length, out PhysicalRange rxRange)
            || txRange.Overlaps(rxRange))
        {
            return FfaStatus.InvalidParameters;
        }

        RxTxBuffers buffers = caller.Buffers;
        lock (buffers.Lock)
        {
            if (buffers.IsMapped)
                return FfaStatus.Denied;
            if (!_relayer.Uses.TryHold(caller.Id, txRange, out MemoryLease txLease))
                return FfaStatus.InvalidParameters;
            if (!_relayer.Uses.TryHold(caller.Id, rxRange, out MemoryLease rxLease))
            {
                txLease.Dispose();
                return FfaStatus.InvalidParameters;
            }

            buffers.Map(rxLease, txLease);
            return FfaStatus.Success;
        }
    }

    private void Unmap(ref SmcFrame frame, Partition caller, TeeThread thread)
    {
        RxTxBuffers buffers = caller.Buffers;
        lock (buffers.Lock)
        {
            // Bits 31:16 name a VM for a hypervisor, which there is none of.
            if (!buffers.IsMapped || frame.A1 != (uint)caller.Id.Value << 16 && frame.A1 != 0)
            {
                frame.Error(FfaStatus.InvalidParameters);
                return;
            }

            buffers.Unmap();
            frame.Success();
        }
    }

    private static void Release(ref SmcFrame frame, Partition caller, TeeThread thread)
    {
        lock (caller.Buffers.Lock)
        {
            bool held = caller.Buffers.IsRxFull;
            caller.Buffers.IsRxFull = false;
            frame.Simple(held ? FfaStatus.Success : FfaStatus.Denied);
        }
    }
}
