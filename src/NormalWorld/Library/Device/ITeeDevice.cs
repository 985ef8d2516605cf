using Microsoft.Win32.SafeHandles;
using RestrictedTee.NormalWorld.DmaBuf;
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

/// <summary>A handle to a restricted buffer. It names the buffer and can be passed on; it cannot be read.</summary>
public abstract class DmaBufHandle : IDisposable
{
    /// <summary>Bytes.</summary>
    public abstract ulong Size { get; }

    /// <summary>The heap that it came from.</summary>
    public abstract string HeapName { get; }

    /// <summary>What it is for.</summary>
    public abstract UseCase UseCase { get; }

    /// <summary>The shared-memory id that TEE_IOC_RSTMEM_ALLOC gave; -1 for a buffer from a heap.</summary>
    public virtual int ShmId => -1;

    /// <summary>Another handle to the same buffer (dup).</summary>
    /// <exception cref="TeeDriverException">EBADF: the handle is closed.</exception>
    public abstract DmaBufHandle Duplicate();

    /// <summary>A descriptor for the same buffer that can be sent to another process, and received by <c>FromDescriptor</c> of its device.</summary>
    /// <exception cref="TeeDriverException">EBADF: the handle is closed.</exception>
    public abstract SafeFileHandle ExportDescriptor();

    /// <summary>Asks for the buffer to be mapped into this process. Always refused: restricted buffers have no mmap operation.</summary>
    /// <exception cref="TeeDriverException">EINVAL, which is what dma_buf_mmap answers for an exporter without that operation.</exception>
    public Span<byte> Map() => throw new TeeDriverException(Errno.EINVAL, $"A buffer of {HeapName} cannot be mapped by the CPU.");

    /// <summary>Attaches a device to the buffer (dma_buf_attach): the attachment keeps the buffer.</summary>
    public DmaBufAttachment Attach(string device) => new(Duplicate(), device);

    /// <summary>Closes the handle.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Closes the handle.</summary>
    protected abstract void Dispose(bool disposing);
}

/// <summary>A device's hold on a dma-buf.</summary>
public sealed class DmaBufAttachment : IDisposable
{
    private readonly DmaBufHandle _reference;

    internal DmaBufAttachment(DmaBufHandle reference, string device)
    {
        _reference = reference;
        Device = device;
    }

    /// <summary>The device.</summary>
    public string Device { get; }

    /// <summary>Bytes.</summary>
    public ulong Size => _reference.Size;

    /// <summary>dma_buf_detach.</summary>
    public void Dispose() => _reference.Dispose();
}
