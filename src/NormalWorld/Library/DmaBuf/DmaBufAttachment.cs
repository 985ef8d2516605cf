using RestrictedTee.NormalWorld.DmaBuf.Devices;
using RestrictedTee.NormalWorld.Uapi;

namespace RestrictedTee.NormalWorld.DmaBuf;

/// <summary>A device's hold on a dma-buf (struct dma_buf_attachment): it keeps the buffer, mapped or not.</summary>
public sealed class DmaBufAttachment : IDisposable
{
    private readonly DmaBufSharing _sharing;
    private readonly DmaBufHandle _reference;
    private readonly Placements _takes;

    internal DmaBufAttachment(DmaBufSharing sharing, DmaBufHandle reference, DmaDevice device, IDmaImporter? importer)
    {
        (_sharing, _reference, _takes, Device, Importer) = (sharing, reference, device.Takes, device, importer);
    }

    /// <summary>The device.</summary>
    public DmaDevice Device { get; }

    /// <summary>Bytes.</summary>
    public ulong Size => _sharing.Size;

    /// <summary>What may become of the buffer while this device has it mapped.</summary>
    public Placements Placement => PlacementAgreement.Between(_sharing.Exporter.Offers, _takes);

    /// <summary>Where it stands.</summary>
    public AttachmentState State => _sharing.StateOf(this);

    internal IDmaImporter? Importer { get; }

    // These five are the sharing's, under its lock.
    internal AttachmentState Current { get; set; }

    internal DmaMapping? Mapping { get; set; }

    internal AccessRequest Granted { get; set; }

    internal ulong Handle { get; set; }

    internal int MapCount { get; set; }

    /// <summary>
    /// dma_buf_map_attachment. Mapped once more the same way, it is the same mapping, to be unmapped once more. On a buffer whose first
    /// mapping this is, its memory may be allocated now.
    /// </summary>
    /// <exception cref="TeeDriverException">
    /// EINVAL: no direction, or detached. EBUSY: it is mapped the other way, or stale. EACCES: the device may not. ENODEV: revoked. ENOMEM.
    /// </exception>
    public DmaMapping Map(DmaDirection direction) => _sharing.Map(this, direction);

    /// <summary>dma_buf_unmap_attachment.</summary>
    /// <exception cref="TeeDriverException">EINVAL: that is no mapping of this attachment.</exception>
    public void Unmap(DmaMapping mapping) => _sharing.Unmap(this, mapping);

    /// <summary>dma_buf_detach. What is mapped is unmapped.</summary>
    public void Dispose()
    {
        try
        {
            _sharing.Detach(this);
        }
        finally
        {
            _reference.Dispose();
        }
    }
}
