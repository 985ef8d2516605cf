using RestrictedTee.NormalWorld.DmaBuf.Devices;
using RestrictedTee.NormalWorld.DmaBuf.Fences;
using RestrictedTee.NormalWorld.Uapi;

namespace RestrictedTee.NormalWorld.DmaBuf;

/// <summary>
/// A dma-buf among its devices: who is attached, who has it mapped, whether it is revoked. The states of an attachment are in
/// <see cref="AttachmentTransitions"/>; here is what they bring about. What is taken is given back in reverse: memory, gate, IOMMU.
/// </summary>
internal sealed partial class DmaBufSharing(IDmaBufMemory memory, ulong size)
{
    // dma_resv_lock: protects everything below and the attachments' states, and is held while memory is provided, granted, taken
    // back and moved: who comes then waits. Importers are told after it was let go.
    private readonly object _lock = new();
    private readonly List<DmaBufAttachment> _attachments = [];
    private bool _revoked;
    private bool _cpuMapped;

    internal ulong Size => size;

    internal IDmaBufExporter Exporter => memory.Exporter;

    internal DmaReservation Fences { get; } = new();

    internal bool IsRevoked
    {
        get
        {
            lock (_lock)
                return _revoked;
        }
    }

    internal int AttachmentCount
    {
        get
        {
            lock (_lock)
                return _attachments.Count;
        }
    }

    internal AttachmentState StateOf(DmaBufAttachment attachment)
    {
        lock (_lock)
            return attachment.Current;
    }

    /// <summary>What an attachment of the device would fail with; null when it would not.</summary>
    internal TeeDriverException? FindProblem(DmaDevice device)
    {
        try
        {
            lock (_lock)
                CheckAttach(device);
            return null;
        }
        catch (TeeDriverException e)
        {
            return e;
        }
    }

    /// <summary>Takes the reference over, also when it is refused.</summary>
    /// <exception cref="TeeDriverException">ENODEV: revoked; EINVAL: the device takes what must be notified, and nobody listens; else as <see cref="Attachability"/>.</exception>
    internal DmaBufAttachment Attach(DmaBufHandle reference, DmaDevice device, IDmaImporter? importer)
    {
        try
        {
            lock (_lock)
            {
                CheckAttach(device);
                if (importer is null && PlacementAgreement.Between(Exporter.Offers, device.Takes) != Placements.Pinned)
                    throw new TeeDriverException(Errno.EINVAL, $"The buffer may be taken from {device.Name}, whose driver does not listen."); // dma_buf_dynamic_attach
                var attachment = new DmaBufAttachment(this, reference, device, importer);
                _attachments.Add(attachment);
                return attachment;
            }
        }
        catch
        {
            reference.Dispose();
            throw;
        }
    }

    internal DmaMapping Map(DmaBufAttachment attachment, DmaDirection direction)
    {
        DmaAccess access = DmaDirections.AccessOf(direction);
        if (access == DmaAccess.None)
            throw new TeeDriverException(Errno.EINVAL, $"Nothing is mapped in direction {direction}.");
        lock (_lock)
        {
            AttachmentState next = Next(attachment, AttachmentEvent.Map);
            CheckRevoked();
            if (attachment.Mapping is { } mapped)
            {
                if (mapped.Direction != direction && mapped.Direction != DmaDirection.Bidirectional)
                    throw new TeeDriverException(Errno.EBUSY, $"{attachment.Device.Name} has the buffer mapped {mapped.Direction}, not {direction}."); // dma_buf_map_attachment
                attachment.MapCount++;
                return mapped;
            }

            IReadOnlyList<MemoryRange> ranges = memory.Provide(Devices);
            var request = new AccessRequest(Exporter, attachment.Device, direction, memory.RestrictedCookie);
            ulong handle = Exporter.Gate.Grant(request);
            try
            {
                attachment.Mapping = DmaMapping.Create(attachment.Device, direction, ranges, handle);
            }
            catch
            {
                Exporter.Gate.Revoke(request, handle);
                throw;
            }

            (attachment.Granted, attachment.Handle, attachment.MapCount, attachment.Current) = (request, handle, 1, next);
            return attachment.Mapping;
        }
    }

    internal void Unmap(DmaBufAttachment attachment, DmaMapping mapping)
    {
        lock (_lock)
        {
            bool isLast = attachment.MapCount <= 1;
            AttachmentState next = Next(attachment, isLast ? AttachmentEvent.UnmapLast : AttachmentEvent.Unmap);
            if (attachment.Mapping != mapping)
                throw new TeeDriverException(Errno.EINVAL, $"That is no mapping of {attachment.Device.Name}.");
            if (isLast)
                EndMapping(attachment);
            else
                attachment.MapCount--;
            attachment.Current = next;
        }
    }

    internal void Detach(DmaBufAttachment attachment)
    {
        lock (_lock)
        {
            if (attachment.Mapping is not null)
                EndMapping(attachment);
            attachment.Current = Next(attachment, AttachmentEvent.Detach);
            _attachments.Remove(attachment);
        }
    }

    /// <summary>The buffer is about to be freed: whoever forgot to detach before it let go loses its mapping with it.</summary>
    internal void End()
    {
        lock (_lock)
        {
            foreach (DmaBufAttachment attachment in _attachments)
            {
                if (attachment.Mapping is not null)
                    EndMapping(attachment);
                attachment.Current = Next(attachment, AttachmentEvent.Detach);
            }

            _attachments.Clear();
        }
    }

    /// <summary>The TEE's name for the buffer, which has memory from now on.</summary>
    /// <exception cref="TeeDriverException">EINVAL, ENOMEM, ENODEV.</exception>
    internal ulong ProvideCookie()
    {
        lock (_lock)
        {
            memory.Provide(Devices);
            return memory.Cookie;
        }
    }

    /// <summary>Changes what the buffer is to be, while nobody attaches or maps.</summary>
    internal void ChangeFor(Action<IReadOnlyList<DmaDevice>> change)
    {
        lock (_lock)
            change(Devices);
    }

    private IReadOnlyList<DmaDevice> Devices => [.. _attachments.Select(attachment => attachment.Device)];

    private void CheckAttach(DmaDevice device)
    {
        CheckRevoked();
        memory.Check([.. Devices, device]);
    }

    private void CheckRevoked()
    {
        if (_revoked)
            throw new TeeDriverException(Errno.ENODEV, "The buffer has been revoked."); // vfio_pci_dma_buf_map
    }

    private static AttachmentState Next(DmaBufAttachment attachment, AttachmentEvent what)
    {
        (AttachmentState next, Errno? refusal) = AttachmentTransitions.On(attachment.Current, what);
        return refusal is null ? next : throw new TeeDriverException(refusal.Value, $"{attachment.Device.Name} is {attachment.Current}, which does not go with {what}.");
    }

    private void EndMapping(DmaBufAttachment attachment)
    {
        attachment.Mapping!.End();
        if (attachment.Current == AttachmentState.Mapped)
            Exporter.Gate.Revoke(attachment.Granted, attachment.Handle);
        (attachment.Mapping, attachment.MapCount, attachment.Granted, attachment.Handle) = (null, 0, default, 0);
    }
}
