using RestrictedTee.NormalWorld.Driver;
using RestrictedTee.NormalWorld.Driver.Ffa;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Abi.Ffa;
using RestrictedTee.SmcTransport.Frames;
using RestrictedTee.SmcTransport.NormalRam;

namespace RestrictedTee.NormalWorld.Device;

/// <summary>
/// FF-A for programs of the normal world: find partitions, message them, share memory with them, or make any call register by
/// register. What upstream's tests do through the arm_ffa_user driver, and more.
/// </summary>
public sealed class FfaUserDevice
{
    private readonly OpteeDriver _driver;
    private readonly FfaDriver _ffa;
    private readonly HashSet<MemoryHandle> _sent = []; // guarded by itself

    /// <exception cref="TeeDriverException">ENODEV: the conduit is SMC.</exception>
    internal FfaUserDevice(OpteeDriver driver)
    {
        _driver = driver;
        _ffa = (driver.Abi as FfaAbi)?.Ffa ?? throw new TeeDriverException(Errno.ENODEV, "The worlds talk by SMC; start them with --conduit ffa.");
    }

    /// <summary>Whether the worlds talk by FF-A.</summary>
    internal static bool IsThere(OpteeDriver driver) => driver.Abi is FfaAbi;

    /// <summary>The normal world's endpoint id.</summary>
    public PartitionId Id => _ffa.Id;

    /// <summary>The normal world's RX buffer.</summary>
    public PhysicalRange RxBuffer => _ffa.RxRange;

    /// <summary>The FF-A version that both sides speak.</summary>
    public FfaVersion Version => _ffa.Version;

    /// <summary>The partitions with a UUID; all for the nil UUID (FFA_PARTITION_INFO_GET).</summary>
    /// <exception cref="TeeDriverException">EINVAL: there is none.</exception>
    public IReadOnlyList<FfaPartitionInfo> GetPartitions(Guid uuid = default) => _ffa.GetPartitions(uuid);

    /// <summary>Whether the board has a partition with this UUID.</summary>
    internal bool HasPartition(Guid uuid) => _ffa.GetPartitions(Guid.Empty).Any(partition => partition.Uuid == uuid);

    /// <summary>The id of the partition with a UUID (FFA_IOC_GET_PART_ID).</summary>
    /// <exception cref="TeeDriverException">EINVAL: there is none.</exception>
    public PartitionId GetPartitionId(Guid uuid) => _ffa.GetPartitions(uuid)[0].Id;

    /// <summary>A direct request of five words, and the answer's (FFA_IOC_MSG_SEND). A partition that yields is run on.</summary>
    /// <exception cref="TeeDriverException">What the SPMC answered.</exception>
    public uint[] Send(PartitionId receiver, uint w0, uint w1 = 0, uint w2 = 0, uint w3 = 0, uint w4 = 0)
    {
        SmcFrame frame = _ffa.Request(receiver, FfaFrame.Of(FfaFunction.MsgSendDirectReq32, w3: w0, w4: w1, w5: w2, w6: w3, w7: w4));
        return [frame.A3, frame.A4, frame.A5, frame.A6, frame.A7];
    }

    /// <summary>A direct request of any of the three kinds: x0 says which, w1 is filled in.</summary>
    /// <exception cref="TeeDriverException">What the SPMC answered.</exception>
    public SmcFrame Send(PartitionId receiver, SmcFrame request) => _ffa.Request(receiver, request);

    /// <summary>Pages of normal RAM to share, lend or donate.</summary>
    /// <exception cref="TeeDriverException">ENOMEM.</exception>
    public FfaMemory Allocate(int pages) => new(_driver.Shm.Allocate((ulong)pages * PhysicalAddress.PageSize), this);

    /// <summary>Sends memory that may lie in pieces: FFA_MEM_SHARE, LEND or DONATE.</summary>
    /// <exception cref="TeeDriverException">What the SPMC answered.</exception>
    public MemoryHandle Send(uint function, FfaMemoryFlags flags, ReadOnlySpan<FfaReceiver> receivers, ReadOnlySpan<PhysicalRange> ranges)
    {
        MemoryHandle handle = _ffa.Send(function, ranges, receivers, flags);
        lock (_sent)
            _sent.Add(handle);
        return handle;
    }

    /// <summary>Takes memory back (FFA_MEM_RECLAIM).</summary>
    /// <exception cref="TeeDriverException">What the SPMC answered.</exception>
    public void Reclaim(MemoryHandle handle)
    {
        _ffa.Reclaim(handle);
        lock (_sent)
            _sent.Remove(handle);
    }

    /// <summary>Whether memory sent by <see cref="Send(uint, FfaMemoryFlags, ReadOnlySpan{FfaReceiver}, ReadOnlySpan{PhysicalRange})"/> has not come back.</summary>
    internal bool IsSent(MemoryHandle handle)
    {
        lock (_sent)
            return _sent.Contains(handle);
    }

    /// <summary>Any call, on a conduit of its own: what comes back is not looked at.</summary>
    /// <exception cref="TeeDriverException">ENODEV.</exception>
    public SmcFrame Call(SmcFrame frame)
    {
        using FfaCpu cpu = EnterCpu();
        return cpu.Call(frame);
    }

    /// <summary>Any call with these bytes in TX.</summary>
    /// <exception cref="TeeDriverException">ENODEV.</exception>
    public SmcFrame Call(SmcFrame frame, ReadOnlySpan<byte> tx) => _ffa.CallWithTx(frame, tx);

    /// <summary>Several calls from one CPU, as yielding and running needs it.</summary>
    public FfaCpu EnterCpu() => new(_driver);
}
