using System.Runtime.InteropServices;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Abi.Ffa;
using RestrictedTee.SmcTransport.Frames;
using RestrictedTee.SmcTransport.NormalRam;

namespace RestrictedTee.NormalWorld.Driver.Ffa;

/// <summary>
/// The FF-A driver: version, buffers, partitions, messages, memory and notifications, for the drivers above it
/// (drivers/firmware/arm_ffa/driver.c upstream).
/// </summary>
internal sealed class FfaDriver
{
    /// <summary>TX and RX together. Each holds the ranges of about 4,000 pages, so that few descriptors need a second fragment.</summary>
    internal const int BufferBytes = 2 * BufferLength;

    private const int BufferLength = 16 * PhysicalAddress.PageSize;

    private readonly OpteeDriver _driver;
    private readonly RamBank _bank;
    private readonly PhysicalRange _buffers;
    private readonly object _txLock = new(); // one descriptor in TX at a time; taken before the fast conduit's lock
    private readonly object _rxLock = new(); // likewise for RX

    internal FfaDriver(OpteeDriver driver, RamBank bank, PhysicalRange buffers)
    {
        _driver = driver;
        _bank = bank;
        _buffers = buffers;
    }

    /// <summary>This endpoint's id.</summary>
    internal PartitionId Id { get; private set; }

    internal PhysicalRange TxRange => PhysicalRange.Create(_buffers.Start, BufferLength);

    internal PhysicalRange RxRange => PhysicalRange.Create(_buffers.Start + BufferLength, BufferLength);

    /// <summary>The version that both sides speak.</summary>
    internal FfaVersion Version { get; private set; } = FfaVersion.V1_2;

    /// <summary>Agrees on the version, learns the id, and hands over the buffers.</summary>
    /// <exception cref="TeeDriverException">ENODEV.</exception>
    internal void Setup()
    {
        SmcFrame frame = default;
        (frame.A0, frame.A1) = (FfaFunction.Version, FfaVersion.V1_2.Value);
        _driver.FastCall(ref frame);
        if (unchecked((int)frame.A0) == (int)FfaStatus.NotSupported || new FfaVersion(frame.A0).Major != FfaVersion.V1_2.Major)
            throw new TeeDriverException(Errno.ENODEV, $"What answers on the conduits does not speak FF-A {FfaVersion.V1_2} (0x{frame.A0:x8}).");
        if (new FfaVersion(frame.A0) < Version)
            Version = new FfaVersion(frame.A0);
        Id = new PartitionId((ushort)Succeed(Call(FfaFunction.IdGet)).A2);
        frame = default;
        frame.A0 = FfaFunction.RxTxMap64;
        (frame[1], frame[2], frame[3]) = (_buffers.Start.Value, _buffers.Start.Value + BufferLength, BufferLength / PhysicalAddress.PageSize);
        _driver.FastCall(ref frame);
        Succeed(frame);
    }

    /// <summary>The partitions with a UUID; all for the nil UUID.</summary>
    /// <exception cref="TeeDriverException">EINVAL: there is none.</exception>
    internal FfaPartitionInfo[] GetPartitions(Guid uuid)
    {
        lock (_rxLock)
        {
            SmcFrame frame = default;
            frame.A0 = FfaFunction.PartitionInfoGet;
            for (int i = 0; i < 4; i++)
                frame[i + 1] = FfaUuid.Word(uuid, i);
            _driver.FastCall(ref frame);
            Succeed(frame);
            int size = FfaPartitionInfo.Size(Version);
            var partitions = new FfaPartitionInfo[frame.A2];
            for (int i = 0; i < partitions.Length; i++)
                partitions[i] = FfaPartitionInfo.Read(Rx.Slice(i * size, size), Version);
            Call(FfaFunction.RxRelease);
            return partitions;
        }
    }

    /// <summary>Any call, on the conduit that never waits behind a TA.</summary>
    internal SmcFrame Call(uint function, uint w1 = 0, uint w2 = 0, uint w3 = 0, uint w4 = 0)
    {
        SmcFrame frame = FfaFrame.Of(function, w1, w2, w3, w4);
        _driver.FastCall(ref frame);
        return frame;
    }

    /// <summary>A direct request to a partition, and its answer; runs the partition on when it yields.</summary>
    /// <exception cref="TeeDriverException">What the SPMC answered; ENODEV.</exception>
    internal SmcFrame Request(PartitionId receiver, SmcFrame frame)
    {
        uint request = frame.A0;
        frame.A1 = ((uint)Id.Value << 16) | receiver.Value;
        CallSlot cpu = _driver.RentConduit();
        try
        {
            _driver.Exchange(cpu, ref frame);
            while (frame.A0 is FfaFunction.Yield or FfaFunction.Interrupt)
            {
                frame = FfaFrame.Of(FfaFunction.Run, frame.A1);
                _driver.Exchange(cpu, ref frame);
            }
        }
        finally
        {
            _driver.ReturnConduit(cpu);
        }

        Succeed(frame);
        return frame.A0 == request + 1
            ? frame
            : throw new TeeDriverException(Errno.EINVAL, $"Partition {receiver} answered 0x{request:x8} with 0x{frame.A0:x8}.");
    }

    /// <summary>Shares, lends or donates memory, in as many fragments as it takes.</summary>
    /// <exception cref="TeeDriverException">What the SPMC answered; ENODEV.</exception>
    internal MemoryHandle Send(uint function, ReadOnlySpan<PhysicalRange> ranges, ReadOnlySpan<FfaReceiver> receivers, FfaMemoryFlags flags = FfaMemoryFlags.None, ulong tag = 0)
    {
        uint kind = function & ~FfaFunction.Is64Bit;
        bool isAlone = kind == FfaFunction.MemDonate32 || (kind == FfaFunction.MemLend32 && receivers.Length == 1);
        ushort attributes = isAlone ? FfaMemoryAttributes.NotSpecified : FfaMemoryAttributes.NormalWriteBackInner;
        ulong pages = 0;
        foreach (PhysicalRange range in ranges)
            pages += range.Length / PhysicalAddress.PageSize;
        var head = new FfaTransactionHead(Id, attributes, flags, default, tag);
        lock (_txLock)
        {
            Span<byte> tx = Tx;
            int at = FfaTransactionWriter.Write(tx, Version, head, receivers, (uint)pages, (uint)ranges.Length);
            uint total = (uint)(at + (ranges.Length * FfaMemRange.Size));
            int put = PutRanges(tx[at..], ranges);
            ranges = ranges[put..];
            SmcFrame frame = Call(function, total, (uint)(at + (put * FfaMemRange.Size)));
            while (frame.A0 == FfaFunction.MemFragRx)
            {
                (uint low, uint high) = (frame.A1, frame.A2);
                put = PutRanges(tx, ranges);
                ranges = ranges[put..];
                frame = Call(FfaFunction.MemFragTx, low, high, (uint)(put * FfaMemRange.Size));
            }

            Succeed(frame);
            return MemoryHandle.FromHalves(frame.A2, frame.A3);
        }
    }

    /// <summary>A call with these bytes in TX, whatever they are.</summary>
    internal SmcFrame CallWithTx(SmcFrame frame, ReadOnlySpan<byte> bytes)
    {
        lock (_txLock)
        {
            bytes.CopyTo(Tx);
            _driver.FastCall(ref frame);
            return frame;
        }
    }

    /// <summary>Takes memory back.</summary>
    /// <exception cref="TeeDriverException">What the SPMC answered; ENODEV.</exception>
    internal void Reclaim(MemoryHandle handle, FfaMemoryFlags flags = FfaMemoryFlags.None) =>
        Succeed(Call(FfaFunction.MemReclaim, handle.Low, handle.High, (uint)flags));

    /// <summary>The one place where FF-A status becomes errno (ffa_to_linux_errno upstream).</summary>
    internal static SmcFrame Succeed(SmcFrame frame)
    {
        FfaStatus status = frame.Status();
        return status == FfaStatus.Success ? frame : throw new TeeDriverException(ErrnoOf(status), $"The SPMC answered {status}.");
    }

    private Span<byte> Tx => SpanOf(TxRange);

    private ReadOnlySpan<byte> Rx => SpanOf(RxRange);

    private Span<byte> SpanOf(PhysicalRange buffer) => _bank.GetSpan(buffer.Start.Value - _bank.Range.Start.Value, BufferLength);

    private static Errno ErrnoOf(FfaStatus status) => status switch
    {
        FfaStatus.NotSupported => Errno.EOPNOTSUPP,
        FfaStatus.NoMemory => Errno.ENOMEM,
        FfaStatus.Busy => Errno.EBUSY,
        FfaStatus.Interrupted => Errno.EINTR,
        FfaStatus.Denied => Errno.EACCES,
        FfaStatus.Retry => Errno.EAGAIN,
        FfaStatus.Aborted => Errno.ECANCELED,
        FfaStatus.NoData => Errno.ENODATA,
        _ => Errno.EINVAL,
    };

    /// <summary>Writes as many ranges as there is room for, and says how many those were.</summary>
    private static int PutRanges(Span<byte> room, ReadOnlySpan<PhysicalRange> ranges)
    {
        int count = Math.Min(ranges.Length, room.Length / FfaMemRange.Size);
        for (int i = 0; i < count; i++)
        {
            var range = new FfaMemRange { Address = ranges[i].Start.Value, PageCount = (uint)(ranges[i].Length / PhysicalAddress.PageSize) };
            MemoryMarshal.Write(room[(i * FfaMemRange.Size)..], range);
        }

        return count;
    }
}
