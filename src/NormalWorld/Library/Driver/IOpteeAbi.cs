using RestrictedTee.NormalWorld.Shm;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Abi;
using RestrictedTee.SmcTransport.Board;
using RestrictedTee.SmcTransport.Frames;
using RestrictedTee.SmcTransport.NormalRam;

namespace RestrictedTee.NormalWorld.Driver;

/// <summary>What came back from the secure world in the course of a yielding call.</summary>
internal enum CallStep
{
    /// <summary>The message was carried out.</summary>
    Done,

    /// <summary>An RPC was served; the frame is the one to resume with.</summary>
    Resume,

    /// <summary>The secure world has no thread free.</summary>
    NoThread,

    /// <summary>The call was refused.</summary>
    Refused,
}

/// <summary>The head of bank 0, the memory that both worlds know from the start: first a page for the messages of each conduit, behind them what the ABI asks for.</summary>
/// <param name="Bank">Bank 0.</param>
/// <param name="Slots">The pages of the conduits.</param>
internal readonly record struct ReservedShm(RamBank Bank, PhysicalRange Slots);

/// <summary>Makes the ABI of a driver that is being made; calls are possible from <see cref="IOpteeAbi.Probe"/> on.</summary>
internal delegate IOpteeAbi AbiFactory(OpteeDriver driver, RpcHandler rpc, ReservedShm reserved);

/// <summary>The conduit ABI as the driver uses it (struct optee_ops, and smc_abi.c and ffa_abi.c behind it upstream).</summary>
internal interface IOpteeAbi
{
    /// <summary>The ABI's name, for messages.</summary>
    string Name { get; }

    /// <summary>How much reserved shm it needs behind the pages of the conduits.</summary>
    ulong ReservedBytes { get; }

    /// <summary>Finds out what answers, and agrees with it on what both can do.</summary>
    /// <exception cref="TeeDriverException">ENODEV: it is not an OP-TEE that this driver knows.</exception>
    void Probe();

    /// <summary>Whether restricted memory can be lent.</summary>
    bool CanLend { get; }

    /// <summary>From now on the notification line is listened to.</summary>
    void EnableNotifications();

    /// <summary>The notification line rang: fetches what is pending.</summary>
    void TakeNotifications();

    /// <summary>The frame that begins the call whose message lies in the slot's page.</summary>
    void Begin(ref SmcFrame frame, CallSlot slot);

    /// <summary>Looks at what came back; an RPC is served.</summary>
    CallStep Continue(ref SmcFrame frame, Span<byte> rpcArgument);

    /// <summary>Makes memory known to the TEE, and returns the cookie by which memrefs name it. Of several ranges all are whole pages, which the TEE sees one behind the other.</summary>
    /// <exception cref="TeeDriverException">ENOMEM: the secure world refused; ENODEV: it has gone.</exception>
    ulong RegisterShm(params ReadOnlySpan<PhysicalRange> ranges);

    /// <summary>Takes it back.</summary>
    void UnregisterShm(ulong cookie);

    /// <summary>A memref without memory, of an ioctl parameter's type.</summary>
    OpteeMsgParam NullMemref(ulong type);

    /// <summary>The answer to an SHM_ALLOC RPC: memory, and the cookie by which it will be freed.</summary>
    /// <exception cref="TeeDriverException">ENOMEM.</exception>
    OpteeMsgParam AnswerAllocation(ulong size, out ShmBlock block);

    /// <summary>The same with memory that the supplicant lends, which it has allocated for the request.</summary>
    /// <param name="memory">The memory.</param>
    /// <param name="size">How much of it was asked for.</param>
    /// <param name="pageList">What the TEE finds it by; null when it needs nothing.</param>
    /// <exception cref="TeeDriverException">ENOMEM; ENODEV: the secure world has gone.</exception>
    OpteeMsgParam AnswerLoan(PhysicalRange memory, ulong size, out ShmBlock? pageList);

    /// <summary>The TEE has done with memory of an SHM_ALLOC RPC.</summary>
    void RetireAllocation(ulong cookie);

    /// <summary>Lends memory for a use case; returns the name by which it is reclaimed.</summary>
    /// <exception cref="TeeDriverException">ENOMEM, EINVAL: the secure world refused; ENODEV: it has gone.</exception>
    ulong Lend(UseCase useCase, PhysicalRange range, ReadOnlySpan<uint> attributes);

    /// <summary>Takes lent memory back.</summary>
    /// <exception cref="TeeDriverException">EBUSY: a buffer in it is in use; ENODEV.</exception>
    void Reclaim(ulong name);
}
