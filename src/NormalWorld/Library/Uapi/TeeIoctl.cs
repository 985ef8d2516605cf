using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RestrictedTee.NormalWorld.Uapi;

/// <summary>
/// The ioctls of a TEE device and of a dma-heap: request numbers and structures (include/uapi/linux/tee.h, dma-heap.h; the two
/// restricted-memory ones from the mailing-list patches of 2024–25). How far each is served stands in the table that dispatches them.
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

    /// <summary>TEE_IOC_OBJECT_INVOKE of Linux 6.18, which has its number from <see cref="RstmemAlloc"/>'s and another direction and size.</summary>
    public static readonly uint ObjectInvoke = Request(Read, TeeMagic, 10, Unsafe.SizeOf<TeeIoctlBufData>());

    /// <summary>TEE_MAX_ARG_SIZE: the largest buffer of a variable-sized argument.</summary>
    public const int MaxArgSize = 4096;

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
