namespace RestrictedTee.SmcTransport.Abi;

/// <summary>
/// OP-TEE's service over FF-A direct messages (OP-TEE/optee_os core/arch/arm/include/optee_ffa.h): w3 is the service, w4–w7
/// its arguments and results. Results are TEE_Result values where upstream's code has them, FF-A status where it has those.
/// </summary>
public static class OpteeFfa
{
    /// <summary>OPTEE_FFA_VERSION_MAJOR.</summary>
    public const uint VersionMajor = 1;

    /// <summary>OPTEE_FFA_VERSION_MINOR.</summary>
    public const uint VersionMinor = 0;

    /// <summary>Bit 31 of a service: yielding.</summary>
    public const uint YieldingBit = 1u << 31;

    /// <summary>Out: w3 major, w4 minor.</summary>
    public const uint GetApiVersion = 0;

    /// <summary>Out: w3 major, w4 minor, w5 build or 0.</summary>
    public const uint GetOsVersion = 1;

    /// <summary>Out: w3 0, w4 bits 7:0 RPC parameters, w5 SEC_CAP bits, w6 highest notification value.</summary>
    public const uint ExchangeCapabilities = 2;

    /// <summary>In: w4, w5 handle. Out: w3 0, or FF-A BUSY while a call uses the memory.</summary>
    public const uint UnregisterShm = 3;

    /// <summary>In: w4 the notification that asks for a bottom half. Out: w3 0 or TEE_ERROR_BAD_PARAMETERS.</summary>
    public const uint EnableAsyncNotif = 5;

    /// <summary>In: w4, w5 handle of a lend that was assigned. Out: w3 0, or FF-A BUSY while a buffer lives in it.</summary>
    public const uint ReleaseProtmem = 8;

    /// <summary>In: w4, w5 handle, w6 offset of an optee_msg_arg, an RPC argument behind it. Out: w3 result, w4 RETURN_*.</summary>
    public const uint YieldingCallWithArg = YieldingBit | 0;

    /// <summary>In: w7 resume information.</summary>
    public const uint YieldingCallResume = YieldingBit | 1;

    /// <summary>OPTEE_FFA_YIELDING_CALL_RETURN_DONE in w4.</summary>
    public const uint ReturnDone = 0;

    /// <summary>OPTEE_FFA_YIELDING_CALL_RETURN_RPC_CMD in w4; w7 resume information.</summary>
    public const uint ReturnRpcCmd = 1;

    /// <summary>OPTEE_FFA_YIELDING_CALL_RETURN_INTERRUPT in w4; w7 resume information.</summary>
    public const uint ReturnInterrupt = 2;

    /// <summary>OPTEE_FFA_MAX_ASYNC_NOTIF_VALUE: one more than the highest.</summary>
    public const uint MaxAsyncNotifValue = 64;

    /// <summary>OPTEE_FFA_SEC_CAP_*.</summary>
    [Flags]
    public enum SecureCapabilities : uint
    {
        /// <summary>None.</summary>
        None = 0,

        /// <summary>w6 of a yielding call is an offset.</summary>
        ArgOffset = 1 << 0,

        /// <summary>Asynchronous notifications.</summary>
        AsyncNotif = 1 << 1,

        /// <summary>Asks for an RPMB device.</summary>
        RpmbProbe = 1 << 2,

        /// <summary>Protected memory that is lent.</summary>
        Protmem = 1 << 3,
    }

    /// <summary>Every service, in the order of its number.</summary>
    public static AbiSurface Services { get; } = new(
        "optee-ffa",
        "OP-TEE over FF-A",
        "OP-TEE/optee_os core/arch/arm/include/optee_ffa.h, core/arch/arm/kernel/thread_spmc.c",
        [
            new(GetApiVersion, "OPTEE_FFA_GET_API_VERSION", Support.Full, "1.0."),
            new(GetOsVersion, "OPTEE_FFA_GET_OS_VERSION", Support.Full, "OP-TEE revision whose ABI is served."),
            new(ExchangeCapabilities, "OPTEE_FFA_EXCHANGE_CAPABILITIES", Support.Full, "PROTMEM when the board has a dynamic pool."),
            new(UnregisterShm, "OPTEE_FFA_UNREGISTER_SHM", Support.Full, "The TEE relinquishes; FFA_MEM_RECLAIM succeeds from then on."),
            new(EnableAsyncNotif, "OPTEE_FFA_ENABLE_ASYNC_NOTIF", Support.Full, "Names the notification that asks for a bottom half."),
            new(ReleaseProtmem, "OPTEE_FFA_RELEASE_PROTMEM", Support.Full, "The range leaves its pool and is scrubbed."),
            new(YieldingCallWithArg, "OPTEE_FFA_YIELDING_CALL_WITH_ARG", Support.Full, "The argument lies in memory that was shared with the TEE."),
            new(YieldingCallResume, "OPTEE_FFA_YIELDING_CALL_RESUME", Support.Full, "Resumes the call that is suspended on the same conduit."),
        ]);
}
