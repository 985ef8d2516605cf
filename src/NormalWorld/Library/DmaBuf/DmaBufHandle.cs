using Microsoft.Win32.SafeHandles;
using RestrictedTee.NormalWorld.DmaBuf.Devices;
using RestrictedTee.NormalWorld.DmaBuf.Fences;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Board;

namespace RestrictedTee.NormalWorld.DmaBuf;

/// <summary>A handle to a buffer. It names the buffer and can be passed on; when the buffer is restricted, it cannot be read.</summary>
public abstract class DmaBufHandle : IDisposable
{
    /// <summary>Bytes.</summary>
    public abstract ulong Size { get; }

    /// <summary>The heap that it came from.</summary>
    public abstract string HeapName { get; }

    /// <summary>What it is for; 0 when for nothing in particular.</summary>
    public abstract UseCase UseCase { get; }

    /// <summary>The shared-memory id that TEE_IOC_RSTMEM_ALLOC gave; -1 for a buffer from a heap.</summary>
    public virtual int ShmId => -1;

    /// <summary>What can be found out about the buffer before it is attached.</summary>
    /// <exception cref="TeeDriverException">EBADF: the handle is closed.</exception>
    public abstract DmaBufInfo Info { get; }

    /// <summary>Another handle to the same buffer (dup).</summary>
    /// <exception cref="TeeDriverException">EBADF: the handle is closed.</exception>
    public abstract DmaBufHandle Duplicate();

    /// <summary>A descriptor for the same buffer that can be sent to another process, and received by <c>FromDescriptor</c> of its device.</summary>
    /// <exception cref="TeeDriverException">EBADF: the handle is closed.</exception>
    public abstract SafeFileHandle ExportDescriptor();

    /// <summary>The fences of the buffer.</summary>
    /// <exception cref="TeeDriverException">EOPNOTSUPP: the buffer is of another process, where its devices are.</exception>
    public DmaReservation Fences => Sharing.Fences;

    /// <summary>The bytes of the buffer, valid while it is (mmap). Refused for restricted buffers, which have no mmap operation.</summary>
    /// <exception cref="TeeDriverException">EINVAL, which is what dma_buf_mmap answers for an exporter without that operation.</exception>
    public virtual Span<byte> Map() => Sharing.MapForCpu();

    /// <summary>DMA_BUF_IOCTL_SYNC with SYNC_START: waits until the CPU may read what devices wrote, or write what they no longer read.</summary>
    /// <exception cref="TeeDriverException">EPERM: the buffer is restricted; ETIMEDOUT: a device is not done in that time, or not by its deadline.</exception>
    public virtual void BeginCpuAccess(DmaDirection direction, TimeSpan patience) => Sharing.BeginCpuAccess(direction, patience);

    /// <summary>What an attachment of the device would be refused with; null when it would not.</summary>
    /// <exception cref="TeeDriverException">EOPNOTSUPP: the buffer is of another process.</exception>
    public TeeDriverException? FindAttachProblem(DmaDevice device) => Sharing.FindProblem(device);

    /// <summary>Attaches a device to the buffer (dma_buf_attach): the attachment keeps the buffer. It fails at once when the device could never reach it.</summary>
    /// <param name="device">The device.</param>
    /// <param name="importer">Its driver, which is told when the buffer moves or is taken away; not needed for a device that takes pinned buffers only.</param>
    /// <exception cref="TeeDriverException">
    /// EOPNOTSUPP: the device does not take such buffers; EACCES: it has no rights to them; EBUSY: the buffer lies where the device cannot
    /// reach; ENODEV: the buffer has been revoked; EINVAL: it may be, and there is no importer to tell.
    /// </exception>
    public DmaBufAttachment Attach(DmaDevice device, IDmaImporter? importer = null) => Sharing.Attach(Duplicate(), device, importer);

    /// <summary>
    /// Takes the buffer from all devices at once, as the driver of a device does whose memory goes (VFIO): accesses in progress fail, mappings
    /// are good for nothing any more, importers are told. Again is nothing new.
    /// </summary>
    /// <exception cref="TeeDriverException">EOPNOTSUPP: it is not revocable, or of another process; EBUSY: a device has it mapped that takes none that can be revoked.</exception>
    public void Revoke() => Sharing.Revoke();

    /// <summary>Lets devices map it again, and tells the importers.</summary>
    /// <exception cref="TeeDriverException">EOPNOTSUPP: the buffer is of another process.</exception>
    public void Grant() => Sharing.Grant();

    /// <summary>
    /// Takes the buffer from one device, while the others go on. An access in progress fails. What it has mapped stays mapped and fails
    /// until access is granted again; what it maps anew meanwhile is refused with EACCES.
    /// </summary>
    /// <param name="device">A device of the board, attached or not.</param>
    /// <exception cref="TeeDriverException">
    /// EOPNOTSUPP: the buffer is not revocable, is not kept by the TEE, or is of another process; EBUSY: the device has it mapped, and takes
    /// none that can be revoked; EINVAL: the board has no such device.
    /// </exception>
    public void RevokeFrom(DmaDevice device) => Sharing.RevokeFrom(device);

    /// <summary>Lets one device at the buffer again: its mapping, if it has one, works as before.</summary>
    /// <param name="device">A device of the board.</param>
    /// <exception cref="TeeDriverException">EOPNOTSUPP, EINVAL: as above; EACCES: no rule lets the device at the buffer.</exception>
    public void GrantTo(DmaDevice device) => Sharing.GrantTo(device);

    /// <summary>Closes the handle.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Where the devices are.</summary>
    internal virtual DmaBufSharing Sharing =>
        throw new TeeDriverException(Errno.EOPNOTSUPP, "The buffer is of another process; devices are driven there.");

    /// <summary>Closes the handle.</summary>
    protected abstract void Dispose(bool disposing);
}
