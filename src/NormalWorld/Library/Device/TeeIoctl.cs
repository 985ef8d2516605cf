using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using RestrictedTee.SmcTransport.Abi;

namespace RestrictedTee.NormalWorld.Device;

/// <summary>
/// The ioctls of a TEE device and of a dma-heap: request numbers and structures (include/uapi/linux/tee.h, dma-heap.h; the two
/// restricted-memory ones from the mailing-list patches of 2024–25).
/// </summary>
public static class TeeIoctl
{
    private const uint TeeMagic = 0xa4;
    private const uint HeapMagic = 'H';
    private const uint Read = 2;
    private const uint ReadWrite = 3;

    /// <summary>TEE_IOC_VERSION.</summary>
    public static readonly uint Version = Request(Read, TeeMagic, 0, Unsafe.SizeOf<TeeIoctlVersionData>());

    /// <summary>TEE_IOC_SHM_ALLOC; returns a descriptor.</summary>
    public static readonly uint ShmAlloc = Request(ReadWrite, TeeMagic, 1, Unsafe.SizeOf<TeeIoctlShmAllocData>());

    /// <summary>TEE_IOC_OPEN_SESSION.</summary>
    public static readonly uint OpenSession = Request(Read, TeeMagic, 2, Unsafe.SizeOf<TeeIoctlBufData>());

    /// <summary>TEE_IOC_INVOKE.</summary>
    public static readonly uint Invoke = Request(Read, TeeMagic, 3, Unsafe.SizeOf<TeeIoctlBufData>());

    /// <summary>TEE_IOC_CANCEL.</summary>
    public static readonly uint Cancel = Request(Read, TeeMagic, 4, Unsafe.SizeOf<TeeIoctlCancelArg>());

    /// <summary>TEE_IOC_CLOSE_SESSION.</summary>
    public static readonly uint CloseSession = Request(Read, TeeMagic, 5, sizeof(uint));

    /// <summary>TEE_IOC_SUPPL_RECV.</summary>
    public static readonly uint SupplRecv = Request(Read, TeeMagic, 6, Unsafe.SizeOf<TeeIoctlBufData>());

    /// <summary>TEE_IOC_SUPPL_SEND.</summary>
    public static readonly uint SupplSend = Request(Read, TeeMagic, 7, Unsafe.SizeOf<TeeIoctlBufData>());

    /// <summary>TEE_IOC_SHM_REGISTER_FD; returns a descriptor.</summary>
    public static readonly uint ShmRegisterFd = Request(ReadWrite, TeeMagic, 8, Unsafe.SizeOf<TeeIoctlShmRegisterFdData>());

    /// <summary>TEE_IOC_SHM_REGISTER; returns a descriptor.</summary>
    public static readonly uint ShmRegister = Request(ReadWrite, TeeMagic, 9, Unsafe.SizeOf<TeeIoctlShmRegisterData>());

    /// <summary>TEE_IOC_RSTMEM_ALLOC; returns a dma-buf descriptor.</summary>
    public static readonly uint RstmemAlloc = Request(ReadWrite, TeeMagic, 10, Unsafe.SizeOf<TeeIoctlRstmemAllocData>());

    /// <summary>TEE_IOC_RSTMEM_FD_INFO.</summary>
    public static readonly uint RstmemFdInfo = Request(ReadWrite, TeeMagic, 11, Unsafe.SizeOf<TeeIoctlRstmemFdInfoData>());

    /// <summary>DMA_HEAP_IOCTL_ALLOC.</summary>
    public static readonly uint DmaHeapAlloc = Request(ReadWrite, HeapMagic, 0, Unsafe.SizeOf<DmaHeapAllocationData>());

    /// <summary>TEE_MAX_ARG_SIZE: the largest buffer of a variable-sized argument.</summary>
    public const int MaxArgSize = 1024;

    /// <summary>TEE_MEMREF_NULL in the place of a shared-memory id.</summary>
    public const ulong MemrefNull = ulong.MaxValue;

    /// <summary>TEE_IMPL_ID_OPTEE.</summary>
    public const uint ImplIdOptee = 1;

    /// <summary>TEE_OPTEE_CAP_TZ.</summary>
    public const uint OpteeCapTz = 1 << 0;

    /// <summary>TEE_IOCTL_SHM_MAPPED, out of SHM_ALLOC.</summary>
    public const uint ShmMapped = 1 << 0;

    /// <summary>TEE_IOCTL_SHM_DMA_BUF, out of SHM_ALLOC and the registrations.</summary>
    public const uint ShmDmaBuf = 1 << 1;

    /// <summary>TEE_GEN_CAP_*.</summary>
    [Flags]
    public enum GenericCapabilities : uint
    {
        /// <summary>TEE_GEN_CAP_GP.</summary>
        GlobalPlatform = 1 << 0,

        /// <summary>TEE_GEN_CAP_PRIVILEGED: the supplicant's device.</summary>
        Privileged = 1 << 1,

        /// <summary>TEE_GEN_CAP_REG_MEM.</summary>
        RegisterMemory = 1 << 2,

        /// <summary>TEE_GEN_CAP_MEMREF_NULL.</summary>
        MemrefNull = 1 << 3,

        /// <summary>TEE_GEN_CAP_RSTMEM.</summary>
        RestrictedMemory = 1 << 4,
    }

    /// <summary>Every ioctl, in the order of its number.</summary>
    public static AbiSurface Requests { get; } = new(
        "ioctl",
        "ioctls of the TEE device and the dma-heaps",
        "Linux include/uapi/linux/tee.h, dma-heap.h",
        [
            new(Version, "TEE_IOC_VERSION", Support.Full, "OP-TEE, GP, REG_MEM, MEMREF_NULL, RSTMEM; PRIVILEGED on the supplicant's device."),
            new(ShmAlloc, "TEE_IOC_SHM_ALLOC", Support.Full, "The descriptor is a memfd."),
            new(OpenSession, "TEE_IOC_OPEN_SESSION", Support.Full, "Kernel logins are refused with EPERM, application logins with EINVAL."),
            new(Invoke, "TEE_IOC_INVOKE", Support.Full, "A session of another context is EINVAL."),
            new(Cancel, "TEE_IOC_CANCEL", Support.Full, "Goes over the fast-call conduit."),
            new(CloseSession, "TEE_IOC_CLOSE_SESSION", Support.Full, "Closing the device closes the rest."),
            new(SupplRecv, "TEE_IOC_SUPPL_RECV", Support.Full, "One supplicant at a time; EBUSY for a second."),
            new(SupplSend, "TEE_IOC_SUPPL_SEND", Support.Full, "EINVAL when nothing was received."),
            new(ShmRegisterFd, "TEE_IOC_SHM_REGISTER_FD", Support.Full, "A dma-buf of a heap of this TEE, or a memfd sealed against shrinking."),
            new(ShmRegister, "TEE_IOC_SHM_REGISTER", Support.Partial, "Memory is copied in before and out after each call instead of being pinned."),
            new(RstmemAlloc, "TEE_IOC_RSTMEM_ALLOC", Support.Full, "EINVAL for a use case without pool, ENOMEM when the pool is full."),
            new(RstmemFdInfo, "TEE_IOC_RSTMEM_FD_INFO", Support.Full, "EINVAL for a descriptor that is no restricted dma-buf."),
            new(DmaHeapAlloc, "DMA_HEAP_IOCTL_ALLOC", Support.Full, "On a heap opened by name."),
        ]);

    private static uint Request(uint direction, uint magic, uint number, int size) =>
        (direction << 30) | ((uint)size << 16) | (magic << 8) | number;
}

/// <summary>struct tee_ioctl_version_data.</summary>
[StructLayout(LayoutKind.Sequential)]
public record struct TeeIoctlVersionData
{
    /// <summary>TEE_IMPL_ID_*.</summary>
    public uint ImplId;

    /// <summary>TEE_OPTEE_CAP_*.</summary>
    public uint ImplCaps;

    /// <summary>TEE_GEN_CAP_*.</summary>
    public uint GenCaps;
}

/// <summary>struct tee_ioctl_shm_alloc_data.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct TeeIoctlShmAllocData
{
    /// <summary>In and out: bytes.</summary>
    public ulong Size;

    /// <summary>In 0, out TEE_IOCTL_SHM_*.</summary>
    public uint Flags;

    /// <summary>Out: identifier.</summary>
    public int Id;
}

/// <summary>struct tee_ioctl_shm_register_data.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct TeeIoctlShmRegisterData
{
    /// <summary>In: address in the caller's process.</summary>
    public ulong Address;

    /// <summary>In: bytes.</summary>
    public ulong Length;

    /// <summary>In 0, out TEE_IOCTL_SHM_*.</summary>
    public uint Flags;

    /// <summary>Out: identifier.</summary>
    public int Id;
}

/// <summary>struct tee_ioctl_shm_register_fd_data.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct TeeIoctlShmRegisterFdData
{
    /// <summary>In: descriptor.</summary>
    public long Fd;

    /// <summary>Out: bytes.</summary>
    public ulong Size;

    /// <summary>In 0, out TEE_IOCTL_SHM_*.</summary>
    public uint Flags;

    /// <summary>Out: identifier.</summary>
    public int Id;
}

/// <summary>struct tee_ioctl_rstmem_alloc_data.</summary>
[StructLayout(LayoutKind.Sequential, Size = 24)]
public struct TeeIoctlRstmemAllocData
{
    /// <summary>In and out: bytes.</summary>
    public ulong Size;

    /// <summary>In 0.</summary>
    public uint Flags;

    /// <summary>In: use case, 1 to 3.</summary>
    public uint UseCase;

    /// <summary>Out: identifier.</summary>
    public int Id;
}

/// <summary>struct tee_ioctl_rstmem_fd_info.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct TeeIoctlRstmemFdInfoData
{
    /// <summary>In: descriptor.</summary>
    public int Fd;

    /// <summary>Out: flags.</summary>
    public uint Flags;

    /// <summary>Out: use case.</summary>
    public uint UseCase;

    /// <summary>Out: identifier in this context, or -1.</summary>
    public int Id;

    /// <summary>Out: bytes.</summary>
    public ulong Size;
}

/// <summary>struct dma_heap_allocation_data.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct DmaHeapAllocationData
{
    /// <summary>In: bytes.</summary>
    public ulong Length;

    /// <summary>Out: descriptor.</summary>
    public uint Fd;

    /// <summary>In: O_CLOEXEC and the access mode.</summary>
    public uint FdFlags;

    /// <summary>In: 0.</summary>
    public ulong HeapFlags;
}

/// <summary>struct tee_ioctl_buf_data.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct TeeIoctlBufData
{
    /// <summary>Address of the argument.</summary>
    public ulong BufPtr;

    /// <summary>Its bytes.</summary>
    public ulong BufLen;
}

/// <summary>struct tee_ioctl_param.</summary>
[StructLayout(LayoutKind.Sequential)]
public record struct TeeIoctlParam
{
    /// <summary>TEE_IOCTL_PARAM_ATTR_TYPE_* in its low 8 bits.</summary>
    public ulong Attr;

    /// <summary>Value, or offset into shared memory.</summary>
    public ulong A;

    /// <summary>Value, or size.</summary>
    public ulong B;

    /// <summary>Value, or shared-memory identifier.</summary>
    public ulong C;

    /// <summary>The type; the numbers are those of <see cref="OpteeMsgAttr"/> without the temporary ones.</summary>
    public readonly uint Type => (uint)(Attr & 0xFF);

    /// <summary>Whether it is a memref.</summary>
    public readonly bool IsMemref => Type is >= 5 and <= 7;
}

/// <summary>struct tee_ioctl_open_session_arg, without its parameters.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
public struct TeeIoctlOpenSessionArg
{
    /// <summary>In: UUID of the TA, in RFC 4122 octets.</summary>
    public UuidBytes Uuid;

    /// <summary>In: UUID of the client; made by the driver for the logins that it knows.</summary>
    public UuidBytes ClientUuid;

    /// <summary>In: login class.</summary>
    public uint ClientLogin;

    /// <summary>In: cancellation id.</summary>
    public uint CancelId;

    /// <summary>Out: session.</summary>
    public uint Session;

    /// <summary>Out: TEE_Result.</summary>
    public uint Ret;

    /// <summary>Out: origin.</summary>
    public uint RetOrigin;

    /// <summary>In: number of parameters that follow.</summary>
    public uint NumParams;
}

/// <summary>struct tee_ioctl_invoke_arg, without its parameters.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct TeeIoctlInvokeArg
{
    /// <summary>In: the TA's command.</summary>
    public uint Func;

    /// <summary>In: session.</summary>
    public uint Session;

    /// <summary>In: cancellation id.</summary>
    public uint CancelId;

    /// <summary>Out: TEE_Result.</summary>
    public uint Ret;

    /// <summary>Out: origin.</summary>
    public uint RetOrigin;

    /// <summary>In: number of parameters that follow.</summary>
    public uint NumParams;
}

/// <summary>struct tee_ioctl_cancel_arg.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct TeeIoctlCancelArg
{
    /// <summary>In: cancellation id.</summary>
    public uint CancelId;

    /// <summary>In: session.</summary>
    public uint Session;
}

/// <summary>struct tee_iocl_supp_recv_arg and tee_iocl_supp_send_arg, without their parameters.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct TeeIoctlSupplicantArg
{
    /// <summary>Receiving: the function (OPTEE_RPC_CMD_*). Sending: the TEE_Result.</summary>
    public uint FuncOrRet;

    /// <summary>Number of parameters: in the room for them, out how many there are.</summary>
    public uint NumParams;
}

/// <summary>Sixteen octets of a UUID.</summary>
[InlineArray(16)]
public struct UuidBytes
{
    private byte _first;

    /// <summary>From a UUID.</summary>
    public static UuidBytes From(Guid uuid)
    {
        UuidBytes bytes = default;
        uuid.TryWriteBytes(bytes, bigEndian: true, out _);
        return bytes;
    }

    /// <summary>As a UUID.</summary>
    public readonly Guid ToGuid() => new(this, bigEndian: true);
}
