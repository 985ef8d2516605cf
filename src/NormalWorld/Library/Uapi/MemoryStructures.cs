using System.Runtime.InteropServices;

namespace RestrictedTee.NormalWorld.Uapi;

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
