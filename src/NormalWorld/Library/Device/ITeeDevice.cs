using Microsoft.Win32.SafeHandles;
using RestrictedTee.NormalWorld.DmaBuf;
using RestrictedTee.NormalWorld.Heaps;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Board;

namespace RestrictedTee.NormalWorld.Device;

/// <summary>
/// An open TEE device: the ioctls of tee.h as typed methods. Each call throws <see cref="TeeDriverException"/> with an errno;
/// the outcome of a request to a TA is not an errno but stands in the argument. What is open when the device is disposed is
/// closed then: sessions, shared memory, registrations.
/// </summary>
/// <remarks>Ids of sessions and of shared memory mean something in this context only.</remarks>
public interface ITeeDevice : IDisposable
{
    /// <summary>TEE_IOC_VERSION.</summary>
    TeeIoctlVersionData GetVersion();

    /// <summary>TEE_IOC_SHM_ALLOC.</summary>
    ITeeShm AllocateShm(ulong size);

    /// <summary>TEE_IOC_SHM_REGISTER: memory of this process, which must stay where it is until the registration is disposed.</summary>
    ITeeShm RegisterShm(nuint address, ulong length);

    /// <summary>TEE_IOC_SHM_REGISTER_FD with a dma-buf: the registration keeps the buffer, whatever becomes of the handle.</summary>
    ITeeShm RegisterShmFd(DmaBufHandle dmaBuf);

    /// <summary>TEE_IOC_OPEN_SESSION.</summary>
    void OpenSession(ref TeeIoctlOpenSessionArg argument, Span<TeeIoctlParam> parameters);

    /// <summary>TEE_IOC_INVOKE.</summary>
    void Invoke(ref TeeIoctlInvokeArg argument, Span<TeeIoctlParam> parameters);

    /// <summary>TEE_IOC_CANCEL.</summary>
    void Cancel(uint cancelId, uint session);

    /// <summary>TEE_IOC_CLOSE_SESSION.</summary>
    void CloseSession(uint session);

    /// <summary>TEE_IOC_RSTMEM_ALLOC.</summary>
    DmaBufHandle AllocateRestricted(UseCase useCase, ulong size, uint flags = 0);

    /// <summary>TEE_IOC_RSTMEM_FD_INFO.</summary>
    TeeIoctlRstmemFdInfoData GetRestrictedInfo(DmaBufHandle dmaBuf);

    /// <summary>DMA_HEAP_IOCTL_ALLOC on the heap of that name. ENOENT when there is none.</summary>
    DmaBufHandle AllocateFromHeap(string heapName, ulong size);

    /// <summary>SMAF_IOC_CREATE: a buffer that gets its memory when it is first mapped or registered, from the allocator that suits its devices, or from the one that is named.</summary>
    DmaBufHandle CreateBuffer(ulong size, string allocator = "");

    /// <summary>SMAF_IOC_GET_INFO: the names of the allocators, the preferred first.</summary>
    IReadOnlyList<string> GetAllocators();

    /// <summary>SMAF_IOC_GET_SECURE_FLAG.</summary>
    bool IsSecure(DmaBufHandle dmaBuf);

    /// <summary>SMAF_IOC_SET_SECURE_FLAG: memory that is kept from the CPU; to be asked for before there is any.</summary>
    void SetSecure(DmaBufHandle dmaBuf, bool secure);

    /// <summary>The heaps, as a listing of /dev/dma_heap would have them, with their state.</summary>
    IReadOnlyList<HeapInfo> GetHeaps();
}

/// <summary>Shared memory of a context; disposing it is closing its descriptor.</summary>
public interface ITeeShm : IDisposable
{
    /// <summary>The id that parameters refer to.</summary>
    int Id { get; }

    /// <summary>Bytes.</summary>
    ulong Size { get; }

    /// <summary>The bytes. Empty for memory that is not mapped by the TEE device: a registration of the caller's own, or a dma-buf.</summary>
    Span<byte> Span { get; }
}
