namespace RestrictedTee.SmcTransport.Abi;

/// <summary>
/// What the secure world asks of the normal world while one of its threads is suspended
/// (OP-TEE/optee_os core/include/optee_rpc_cmd.h). The carrier is an optee_msg_arg, as in the other direction.
/// </summary>
public static class OpteeRpc
{
    /// <summary>OPTEE_RPC_SHM_TYPE_APPL: memory that the supplicant can see too.</summary>
    public const ulong ShmTypeAppl = 0;

    /// <summary>OPTEE_RPC_SHM_TYPE_KERNEL: memory of the driver.</summary>
    public const ulong ShmTypeKernel = 1;

    /// <summary>OPTEE_RPC_NOTIFICATION_WAIT.</summary>
    public const ulong NotificationWait = 0;

    /// <summary>OPTEE_RPC_NOTIFICATION_SEND.</summary>
    public const ulong NotificationSend = 1;

    /// <summary>OPTEE_RPC_SUPP_PLUGIN_INVOKE.</summary>
    public const ulong SuppPluginInvoke = 0;

    private const uint NotSupported = 0xFFFF000A; // TEE_ERROR_NOT_SUPPORTED

    /// <summary>Every request, in the order of its number.</summary>
    public static AbiSurface Commands { get; } = new(
        "rpc",
        "OP-TEE RPC requests",
        "OP-TEE/optee_os core/include/optee_rpc_cmd.h",
        [
            new((ulong)OpteeRpcCommand.LoadTa, "OPTEE_RPC_CMD_LOAD_TA", Support.Partial, "The image is an archive of managed assemblies instead of a signed ELF file, and value[0].c may name the one that the asker has: success and no bytes then say that there is no newer one."),
            new((ulong)OpteeRpcCommand.Rpmb, "OPTEE_RPC_CMD_RPMB", Support.Refused, "TEE_ERROR_NOT_SUPPORTED: no RPMB device.") { Refusal = NotSupported },
            new((ulong)OpteeRpcCommand.Fs, "OPTEE_RPC_CMD_FS", Support.Refused, "TEE_ERROR_NOT_SUPPORTED: no trusted storage.") { Refusal = NotSupported },
            new((ulong)OpteeRpcCommand.GetTime, "OPTEE_RPC_CMD_GET_TIME", Support.Full, "REE time, seconds and nanoseconds."),
            new((ulong)OpteeRpcCommand.Notification, "OPTEE_RPC_CMD_NOTIFICATION", Support.Full, "Wait with a time-out in milliseconds, or send."),
            new((ulong)OpteeRpcCommand.Suspend, "OPTEE_RPC_CMD_SUSPEND", Support.Full, "Milliseconds."),
            new((ulong)OpteeRpcCommand.ShmAlloc, "OPTEE_RPC_CMD_SHM_ALLOC", Support.Full, "The answer is a page list, as upstream's driver sends it."),
            new((ulong)OpteeRpcCommand.ShmFree, "OPTEE_RPC_CMD_SHM_FREE", Support.Full, "By cookie."),
            new((ulong)OpteeRpcCommand.Gprof, "OPTEE_RPC_CMD_GPROF", Support.Refused, "TEE_ERROR_NOT_SUPPORTED.") { Refusal = NotSupported },
            new((ulong)OpteeRpcCommand.Socket, "OPTEE_RPC_CMD_SOCKET", Support.Full, "TCP and UDP: open, close, close all, send, receive, ioctl."),
            new((ulong)OpteeRpcCommand.Ftrace, "OPTEE_RPC_CMD_FTRACE", Support.Refused, "TEE_ERROR_NOT_SUPPORTED.") { Refusal = NotSupported },
            new((ulong)OpteeRpcCommand.SuppPlugin, "OPTEE_RPC_CMD_SUPP_PLUGIN", Support.Full, "The supplicant's answer; the one of this project has plug-ins of the program that it is part of."),
            new((ulong)OpteeRpcCommand.I2cTransfer, "OPTEE_RPC_CMD_I2C_TRANSFER", Support.Refused, "TEE_ERROR_NOT_SUPPORTED: no I2C bus.") { Refusal = NotSupported },
        ]);
}

/// <summary>OPTEE_RPC_CMD_*.</summary>
public enum OpteeRpcCommand : uint
{
    /// <summary>
    /// In: value[0].a–b UUID, .c the stamp of the image that the asker has, or 0. Out: memref[1] the image; a null memref asks for
    /// its size. TEE_SUCCESS with a size of 0 says that the asker's image is still the current one. A supplicant that knows nothing
    /// of stamps, as upstream's, answers as if none had been named.
    /// </summary>
    LoadTa = 0,

    /// <summary>Replay-protected memory block.</summary>
    Rpmb = 1,

    /// <summary>File system.</summary>
    Fs = 2,

    /// <summary>Out: value[0].a seconds, value[0].b nanoseconds since 1970.</summary>
    GetTime = 3,

    /// <summary>In: value[0].a wait or send, .b notification value, .c time-out in milliseconds (0: none).</summary>
    Notification = 4,

    /// <summary>In: value[0].a milliseconds.</summary>
    Suspend = 5,

    /// <summary>In: value[0].a type, .b size, .c alignment. Out: memref[0] the buffer.</summary>
    ShmAlloc = 6,

    /// <summary>In: value[0].a type, .b cookie.</summary>
    ShmFree = 7,

    /// <summary>Profile data.</summary>
    Gprof = 9,

    /// <summary>Sockets; see <see cref="OpteeRpcSocketCommand"/>.</summary>
    Socket = 10,

    /// <summary>Function graphs.</summary>
    Ftrace = 11,

    /// <summary>
    /// In: value[0].a <see cref="OpteeRpc.SuppPluginInvoke"/>, .b–c and value[1].a–b the plug-in's UUID, a word each, as octets, value[1].c command,
    /// value[2].a sub-command. In and out: memref[3]. Out: value[2].b how many bytes of it are the answer.
    /// </summary>
    SuppPlugin = 12,

    /// <summary>I2C.</summary>
    I2cTransfer = 21,
}
