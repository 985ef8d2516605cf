using Microsoft.Win32.SafeHandles;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Board;

namespace RestrictedTee.NormalWorld.DmaBuf;

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
