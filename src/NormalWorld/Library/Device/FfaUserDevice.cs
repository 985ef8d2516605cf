using RestrictedTee.NormalWorld.Driver;
using RestrictedTee.NormalWorld.Driver.Ffa;
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

    /// <exception cref="TeeDriverException">ENODEV: the conduit is SMC.</exception>
    internal FfaUserDevice(OpteeDriver driver)
    {
        _driver = driver;
        _ffa = driver.Ffa ?? throw new TeeDriverException(Errno.ENODEV, "The worlds talk by SMC; start them with --conduit ffa.");
    }

    /// <summary>The normal world's endpoint id.</summary>
    public PartitionId Id => _ffa.Id;

    /// <summary>The normal world's RX buffer.</summary>
    public PhysicalRange RxBuffer => _ffa.RxRange;

    /// <summary>The FF-A version that both sides speak.</summary>
    public FfaVersion Version => _ffa.Version;

    /// <summary>The partitions with a UUID; all for the nil UUID (FFA_PARTITION_INFO_GET).</summary>
    /// <exception cref="TeeDriverException">EINVAL: there is none.</exception>
    public IReadOnlyList<FfaPartitionInfo> GetPartitions(Guid uuid = default) => _ffa.GetPartitions(uuid);

    /// <summary>The id of the partition with a UUID (FFA_IOC_GET_PART_ID).</summary>
    /// <exception cref="TeeDriverException">EINVAL: there is none.</exception>
    public PartitionId GetPartitionId(Guid uuid) => _ffa.GetPartitions(uuid)[0].Id;

    /// <summary>A direct request of five words, and the answer's (FFA_IOC_MSG_SEND). A partition that yields is run on.</summary>
    /// <exception cref="TeeDriverException">What the SPMC answered.</exception>
    public uint[] Send(PartitionId receiver, uint w0, uint w1 = 0, uint w2 = 0, uint w3 = 0, uint w4 = 0)
    {
        SmcFrame frame = default;
        (frame.A0, frame.A3, frame.A4, frame.A5, frame.A6, frame.A7) = (FfaFunction.MsgSendDirectReq32, w0, w1, w2, w3, w4);
        frame = _ffa.Request(receiver, frame);
        return [frame.A3, frame.A4, frame.A5, frame.A6, frame.A7];
    }

    /// <summary>A direct request of any of the three kinds: x0 says which, w1 is filled in.</summary>
    /// <exception cref="TeeDriverException">What the SPMC answered.</exception>
    public SmcFrame Send(PartitionId receiver, SmcFrame request) => _ffa.Request(receiver, request);

    /// <summary>Pages of normal RAM to share, lend or donate.</summary>
    /// <exception cref="TeeDriverException">ENOMEM.</exception>
    public FfaMemory Allocate(int pages) => new(_driver.Shm.Allocate((ulong)pages * PhysicalAddress.PageSize), _ffa);

    /// <summary>Sends memory that may lie in pieces: FFA_MEM_SHARE, LEND or DONATE.</summary>
    /// <exception cref="TeeDriverException">What the SPMC answered.</exception>
    public MemoryHandle Send(uint function, FfaMemoryFlags flags, ReadOnlySpan<FfaReceiver> receivers, ReadOnlySpan<PhysicalRange> ranges) =>
        _ffa.Send(function, ranges, receivers, flags);

    /// <summary>Takes memory back (FFA_MEM_RECLAIM).</summary>
    /// <exception cref="TeeDriverException">What the SPMC answered.</exception>
    public void Reclaim(MemoryHandle handle) => _ffa.Reclaim(handle);

    /// <summary>Any call, on a conduit of its own: what comes back is not looked at.</summary>
    /// <exception cref="TeeDriverException">ENODEV.</exception>
    public SmcFrame Call(SmcFrame frame)
    {
        CallSlot cpu = _driver.RentConduit();
        try
        {
            _driver.Exchange(cpu, ref frame);
            return frame;
        }
        finally
        {
            _driver.ReturnConduit(cpu);
        }
    }

    /// <summary>Any call with these bytes in TX.</summary>
    /// <exception cref="TeeDriverException">ENODEV.</exception>
    public SmcFrame Call(SmcFrame frame, ReadOnlySpan<byte> tx) => _ffa.CallWithTx(frame, tx);

    /// <summary>Several calls from one CPU, as yielding and running needs it.</summary>
    public FfaCpu EnterCpu() => new(_driver);
}

/// <summary>One CPU of the normal world, until it is disposed: calls on it are made one after the other.</summary>
public sealed class FfaCpu : IDisposable
{
    private readonly OpteeDriver _driver;
    private readonly CallSlot _slot;

    internal FfaCpu(OpteeDriver driver)
    {
        _driver = driver;
        _slot = driver.RentConduit();
    }

    /// <summary>Which CPU: the execution context of a partition that runs on it.</summary>
    public int Number => _slot.Number;

    /// <summary>Any call.</summary>
    /// <exception cref="TeeDriverException">ENODEV.</exception>
    public SmcFrame Call(SmcFrame frame)
    {
        _driver.Exchange(_slot, ref frame);
        return frame;
    }

    /// <inheritdoc/>
    public void Dispose() => _driver.ReturnConduit(_slot);
}

/// <summary>Pages of normal RAM, as the normal world sees them.</summary>
public sealed class FfaMemory : IDisposable
{
    private readonly ShmBlock _block;
    private readonly FfaDriver _ffa;

    internal FfaMemory(ShmBlock block, FfaDriver ffa)
    {
        _block = block;
        _ffa = ffa;
    }

    /// <summary>Where they lie.</summary>
    public PhysicalRange Range => PhysicalRange.Create(_block.Address, (ulong)((_block.Size + PhysicalAddress.PageSize - 1) / PhysicalAddress.PageSize * PhysicalAddress.PageSize));

    /// <summary>Their content, as far as the normal world can see it.</summary>
    public Span<byte> Span => _block.Span;

    /// <summary>Sends them: FFA_MEM_SHARE, LEND or DONATE.</summary>
    /// <exception cref="TeeDriverException">What the SPMC answered.</exception>
    public MemoryHandle Send(uint function, FfaMemoryFlags flags, params ReadOnlySpan<FfaReceiver> receivers) => _ffa.Send(function, [Range], receivers, flags);

    /// <summary>Takes them back.</summary>
    /// <exception cref="TeeDriverException">What the SPMC answered.</exception>
    public void Reclaim(MemoryHandle handle) => _ffa.Reclaim(handle);

    /// <inheritdoc/>
    public void Dispose() => _block.Dispose();
}
