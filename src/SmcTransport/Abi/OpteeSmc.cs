namespace RestrictedTee.SmcTransport.Abi;

/// <summary>
/// The OP-TEE SMC interface: function ids, return codes and registers (OP-TEE/optee_os core/arch/arm/include/sm/optee_smc.h).
/// All registers are 32 bits wide. Bit 31 of the function id tells a fast call, which runs to its end without interruption,
/// from a yielding call, which may come back with an RPC request first.
/// </summary>
public static class OpteeSmc
{
    /// <summary>Bit 31 of a function id: fast call (SMCCC, DEN0028).</summary>
    public const uint FastCallBit = 0x8000_0000;

    private const uint TrustedOs = 50u << 24;
    private const uint TrustedOsApi = 63u << 24;

    /// <summary>Number of fast calls behind this API. Out: a0 count.</summary>
    public const uint CallsCount = FastCallBit | TrustedOsApi | 0xFF00;

    /// <summary>UID of the API. Out: a0–a3 the UID of OP-TEE's message protocol, 384fb3e0-e7f8-11e3-af63-0002a5d5c51b.</summary>
    public const uint CallsUid = FastCallBit | TrustedOsApi | 0xFF01;

    /// <summary>Revision of the API. Out: a0 major (2), a1 minor (0).</summary>
    public const uint CallsRevision = FastCallBit | TrustedOsApi | 0xFF03;

    /// <summary>UUID of the trusted OS. Out: a0–a3, 486178e0-e7f8-11e3-bc5e-0002a5d5c51b for an OP-TEE.</summary>
    public const uint GetOsUuid = FastCallBit | TrustedOs | 0;

    /// <summary>Revision of the trusted OS. Out: a0 major, a1 minor, a2 build identifier or 0.</summary>
    public const uint GetOsRevision = FastCallBit | TrustedOs | 1;

    /// <summary>
    /// Resume a call that was suspended by an RPC. In: a1, a2 the RPC's results; a3 the resume information as it was received;
    /// a4, a5 the cookie of an allocation. Out: as the suspended call; or a0 ERESUME when a3 names no suspended call.
    /// </summary>
    public const uint CallReturnFromRpc = TrustedOs | 3;

    /// <summary>
    /// Yielding call. In: a1, a2 upper and lower half of the physical address of an optee_msg_arg; a3 cache attributes.
    /// Out: a0 OK, ETHREAD_LIMIT, EBADADDR, EBADCMD, or an RPC request (a0 with prefix 0xFFFF).
    /// </summary>
    public const uint CallWithArg = TrustedOs | 4;

    /// <summary>Where reserved shared memory lies. Out: a0 OK, a1 physical address, a2 size, a3 cache attributes; or a0 ENOTAVAIL.</summary>
    public const uint GetShmConfig = FastCallBit | TrustedOs | 7;

    /// <summary>L2 cache controller mutex of Arm v7 parts. Out: a0 ENOTAVAIL, there is no such cache.</summary>
    public const uint L2ccMutex = FastCallBit | TrustedOs | 8;

    /// <summary>
    /// Exchange capabilities. In: a1 NSEC_CAP bits. Out: a0 OK, a1 SEC_CAP bits, a2 highest notification value, a3 bits 7:0
    /// number of RPC parameters; or a0 ENOTAVAIL for a bit in a1 that is not known.
    /// </summary>
    public const uint ExchangeCapabilities = FastCallBit | TrustedOs | 9;

    /// <summary>Stop caching RPC argument memory and hand it back. Out: a0 OK with a1, a2 a cookie to free; ENOTAVAIL when empty; EBUSY.</summary>
    public const uint DisableShmCache = FastCallBit | TrustedOs | 10;

    /// <summary>Start caching RPC argument memory. Out: a0 OK, or EBUSY while a thread is in use.</summary>
    public const uint EnableShmCache = FastCallBit | TrustedOs | 11;

    /// <summary>Boot a secondary core. Out: a0 EBADCMD, there are no cores to boot.</summary>
    public const uint BootSecondary = FastCallBit | TrustedOs | 12;

    /// <summary>A hypervisor made a guest. Out: a0 ENOTAVAIL, built without virtualization.</summary>
    public const uint VmCreated = FastCallBit | TrustedOs | 13;

    /// <summary>A hypervisor ended a guest. Out: a0 ENOTAVAIL, built without virtualization.</summary>
    public const uint VmDestroyed = FastCallBit | TrustedOs | 14;

    /// <summary>How many yielding calls may run at once. Out: a0 OK, a1 count.</summary>
    public const uint GetThreadCount = FastCallBit | TrustedOs | 15;

    /// <summary>The normal world can take asynchronous notifications from now on. Out: a0 OK.</summary>
    public const uint EnableAsyncNotif = FastCallBit | TrustedOs | 16;

    /// <summary>Fetch one pending notification. Out: a0 OK, a1 value, a2 bit 0 valid, bit 1 more pending.</summary>
    public const uint GetAsyncNotifValue = FastCallBit | TrustedOs | 17;

    /// <summary>As <see cref="CallWithArg"/>, with room for an RPC argument of <see cref="RpcParameterCount"/> parameters behind the argument.</summary>
    public const uint CallWithRpcArg = TrustedOs | 18;

    /// <summary>As <see cref="CallWithRpcArg"/>, the argument at offset a3 of registered shared memory with cookie a1, a2.</summary>
    public const uint CallWithRegdArg = TrustedOs | 19;

    /// <summary>Where static protected memory lies. Out: a0 OK, a1 physical address, a2 size, a3 address width; or a0 ENOTAVAIL.</summary>
    public const uint GetProtmemConfig = FastCallBit | TrustedOs | 20;

    /// <summary>OPTEE_SMC_RETURN_OK.</summary>
    public const uint ReturnOk = 0;

    /// <summary>OPTEE_SMC_RETURN_ETHREAD_LIMIT: no thread is free, try again later.</summary>
    public const uint ReturnEThreadLimit = 1;

    /// <summary>OPTEE_SMC_RETURN_EBUSY.</summary>
    public const uint ReturnEBusy = 2;

    /// <summary>OPTEE_SMC_RETURN_ERESUME: the resume information is not that of a suspended call.</summary>
    public const uint ReturnEResume = 3;

    /// <summary>OPTEE_SMC_RETURN_EBADADDR.</summary>
    public const uint ReturnEBadAddr = 4;

    /// <summary>OPTEE_SMC_RETURN_EBADCMD.</summary>
    public const uint ReturnEBadCmd = 5;

    /// <summary>OPTEE_SMC_RETURN_ENOMEM.</summary>
    public const uint ReturnENoMem = 6;

    /// <summary>OPTEE_SMC_RETURN_ENOTAVAIL.</summary>
    public const uint ReturnENotAvail = 7;

    /// <summary>OPTEE_SMC_RETURN_UNKNOWN_FUNCTION (SMCCC "Not Supported", -1).</summary>
    public const uint ReturnUnknownFunction = 0xFFFF_FFFF;

    /// <summary>Prefix of an RPC request in a0.</summary>
    public const uint RpcPrefix = 0xFFFF_0000;

    /// <summary>
    /// RPC: allocate memory for an RPC argument. a1 bytes. Resume with a1, a2 the physical address (0 for none) and a4, a5 the cookie.
    /// </summary>
    public const uint ReturnRpcAlloc = RpcPrefix | 0;

    /// <summary>RPC: free what <see cref="ReturnRpcAlloc"/> gave. a1, a2 the cookie.</summary>
    public const uint ReturnRpcFree = RpcPrefix | 2;

    /// <summary>RPC: let the normal world take an interrupt. Nothing to do but to resume.</summary>
    public const uint ReturnRpcForeignIntr = RpcPrefix | 4;

    /// <summary>RPC: carry out the request in the RPC argument. a1, a2 the cookie of the memory that holds it.</summary>
    public const uint ReturnRpcCmd = RpcPrefix | 5;

    /// <summary>OPTEE_SMC_SHM_CACHED: normal write-back memory.</summary>
    public const uint ShmCached = 1;

    /// <summary>OPTEE_SMC_NSEC_CAP_UNIPROCESSOR, the only bit a normal world may set.</summary>
    public const uint NsecCapUniprocessor = 1 << 0;

    /// <summary>How many parameters an RPC argument has room for (THREAD_RPC_MAX_NUM_PARAMS).</summary>
    public const int RpcParameterCount = 4;

    /// <summary>OPTEE_SMC_ASYNC_NOTIF_VALUE_VALID in a2 of <see cref="GetAsyncNotifValue"/>.</summary>
    public const uint AsyncNotifValid = 1 << 0;

    /// <summary>OPTEE_SMC_ASYNC_NOTIF_VALUE_PENDING in a2 of <see cref="GetAsyncNotifValue"/>.</summary>
    public const uint AsyncNotifPending = 1 << 1;

    /// <summary>Notification 0: the secure world asks for a yielding call to do the bottom half of a driver.</summary>
    public const uint AsyncNotifDoBottomHalf = 0;

    /// <summary>The highest notification value (CFG_CORE_ASYNC_NOTIF's NOTIF_ASYNC_VALUE_MAX upstream: 63).</summary>
    public const uint MaxNotificationValue = 63;

    /// <summary>SEC_CAP bits, out of <see cref="ExchangeCapabilities"/>.</summary>
    [Flags]
    public enum SecureCapabilities : uint
    {
        /// <summary>There is reserved shared memory.</summary>
        HaveReservedShm = 1 << 0,

        /// <summary>Unregistered shared memory is accepted.</summary>
        UnregisteredShm = 1 << 1,

        /// <summary>Shared memory can be registered.</summary>
        DynamicShm = 1 << 2,

        /// <summary>Built with virtualization.</summary>
        Virtualization = 1 << 3,

        /// <summary>Null memrefs are accepted.</summary>
        MemrefNull = 1 << 4,

        /// <summary>Asynchronous notifications.</summary>
        AsyncNotif = 1 << 5,

        /// <summary>An RPC argument may follow the call argument.</summary>
        RpcArg = 1 << 6,

        /// <summary>RPMB devices are probed by RPC.</summary>
        RpmbProbe = 1 << 7,

        /// <summary>Static protected memory.</summary>
        Protmem = 1 << 8,

        /// <summary>Protected memory that is lent.</summary>
        DynamicProtmem = 1 << 9,
    }

    /// <summary>Whether a return code in a0 is an RPC request.</summary>
    public static bool IsRpc(uint a0) => a0 != ReturnUnknownFunction && (a0 & RpcPrefix) == RpcPrefix;

    /// <summary>Every call, in the order of its number.</summary>
    public static AbiSurface Calls { get; } = new(
        "smc",
        "OP-TEE SMC calls",
        "OP-TEE/optee_os core/arch/arm/include/sm/optee_smc.h",
        [
            new(CallReturnFromRpc, "OPTEE_SMC_CALL_RETURN_FROM_RPC", Support.Full, "Resumes the call that is suspended on the same conduit; ERESUME otherwise."),
            new(CallWithArg, "OPTEE_SMC_CALL_WITH_ARG", Support.Full, "An RPC first allocates its argument."),
            new(CallWithRpcArg, "OPTEE_SMC_CALL_WITH_RPC_ARG", Support.Full, "The RPC argument follows the call's."),
            new(CallWithRegdArg, "OPTEE_SMC_CALL_WITH_REGD_ARG", Support.Full, "The argument lies in registered shared memory."),
            new(GetOsUuid, "OPTEE_SMC_CALL_GET_OS_UUID", Support.Full, "OP-TEE's UUID, whose ABI this is."),
            new(GetOsRevision, "OPTEE_SMC_CALL_GET_OS_REVISION", Support.Full, "OP-TEE revision whose ABI is served."),
            new(GetShmConfig, "OPTEE_SMC_GET_SHM_CONFIG", Support.Full, "The reserved head of bank 0."),
            new(L2ccMutex, "OPTEE_SMC_L2CC_MUTEX", Support.Refused, "ENOTAVAIL: no such cache.") { Refusal = ReturnENotAvail },
            new(ExchangeCapabilities, "OPTEE_SMC_EXCHANGE_CAPABILITIES", Support.Full, "ENOTAVAIL for an unknown normal-world bit."),
            new(DisableShmCache, "OPTEE_SMC_DISABLE_SHM_CACHE", Support.Full, "Hands back one cached RPC argument a call."),
            new(EnableShmCache, "OPTEE_SMC_ENABLE_SHM_CACHE", Support.Full, "EBUSY while a thread runs."),
            new(BootSecondary, "OPTEE_SMC_BOOT_SECONDARY", Support.Refused, "EBADCMD: no core is out of reset.") { Refusal = ReturnEBadCmd },
            new(VmCreated, "OPTEE_SMC_VM_CREATED", Support.Refused, "ENOTAVAIL: one guest only.") { Refusal = ReturnENotAvail },
            new(VmDestroyed, "OPTEE_SMC_VM_DESTROYED", Support.Refused, "ENOTAVAIL: one guest only.") { Refusal = ReturnENotAvail },
            new(GetThreadCount, "OPTEE_SMC_GET_THREAD_COUNT", Support.Full, "As many as there are conduits, by default."),
            new(EnableAsyncNotif, "OPTEE_SMC_ENABLE_ASYNC_NOTIF", Support.Full, "From then on the notification line is used."),
            new(GetAsyncNotifValue, "OPTEE_SMC_GET_ASYNC_NOTIF_VALUE", Support.Full, "Lowest pending value first."),
            new(GetProtmemConfig, "OPTEE_SMC_GET_PROTMEM_CONFIG", Support.Partial, "Names the secure video pool; buffers in it are handed out by the secure world, not carved by the caller."),
            new(CallsCount, "OPTEE_SMC_CALLS_COUNT", Support.Full, "Number of rows in this table."),
            new(CallsUid, "OPTEE_SMC_CALLS_UID", Support.Full, "UID of the message protocol."),
            new(CallsRevision, "OPTEE_SMC_CALLS_REVISION", Support.Full, "2.0."),
        ]);
}
