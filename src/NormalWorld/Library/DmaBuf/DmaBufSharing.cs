using RestrictedTee.NormalWorld.DmaBuf.Devices;
using RestrictedTee.NormalWorld.DmaBuf.Fences;
using RestrictedTee.NormalWorld.Uapi;

namespace RestrictedTee.NormalWorld.DmaBuf;

/// <summary>
/// A dma-buf among its devices: who is attached, who has it mapped, whether it is revoked. The states of an attachment are in
/// <see cref="AttachmentTransitions"/>; here is what they bring about. What is taken is given back in reverse: memory, gate, IOMMU.
/// </summary>
internal sealed class DmaBufSharing(IDmaBufMemory memory, ulong size)
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

    /// <summary>Takes the buffer from all devices, at once (VFIO: the device behind it is reset, or its memory space is off). Again is nothing new.</summary>
    /// <exception cref="TeeDriverException">EOPNOTSUPP: it is not revocable; EBUSY: a device has it mapped that was promised that it is not.</exception>
    internal void Revoke()
    {
        List<DmaBufAttachment> told;
        lock (_lock)
        {
            if (_revoked)
                return;
            if (!Exporter.Offers.HasFlag(Placements.Revocable))
                throw new TeeDriverException(Errno.EOPNOTSUPP, $"Buffers of {Exporter.Name} are not revocable.");
            if (_attachments.Find(a => a.Current == AttachmentState.Mapped && !a.Device.Takes.HasFlag(Placements.Revocable)) is { } pinned)
                throw new TeeDriverException(Errno.EBUSY, $"{pinned.Device.Name} has the buffer mapped, and takes none that can be revoked.");
            _revoked = true;
            told = Invalidate();
        }

        Tell(told, BufferChange.Revoked);
    }

    /// <summary>Lets devices map it again.</summary>
    internal void Grant()
    {
        List<DmaBufAttachment> told;
        lock (_lock)
        {
            if (!_revoked)
                return;
            _revoked = false;
            told = [.. _attachments];
        }

        Tell(told, BufferChange.Granted);
    }

    /// <summary>Moves the buffer; who has it mapped is told first, and maps anew.</summary>
    /// <exception cref="TeeDriverException">EOPNOTSUPP: it is not dynamic; ENODEV: revoked; EBUSY: pinned, or work is under way; ENOMEM.</exception>
    internal void Move()
    {
        List<DmaBufAttachment> told;
        TeeDriverException? failure = null;
        lock (_lock)
        {
            if (!Exporter.Offers.HasFlag(Placements.Dynamic))
                throw new TeeDriverException(Errno.EOPNOTSUPP, $"Buffers of {Exporter.Name} are not dynamic.");
            CheckRevoked();
            if (_cpuMapped || Fences.IsBusy)
                throw new TeeDriverException(Errno.EBUSY, _cpuMapped ? "The CPU has the buffer mapped." : "Work on the buffer is under way.");
            if (_attachments.Find(a => a.Current == AttachmentState.Mapped && a.Placement != Placements.Dynamic) is { } pinned)
                throw new TeeDriverException(Errno.EBUSY, $"{pinned.Device.Name} has pinned the buffer.");
            told = Invalidate();
            try
            {
                memory.Move(Devices);
            }
            catch (TeeDriverException e)
            {
                failure = e; // it lies where it lay, but nobody's mapping is good any more
            }
        }

        Tell(told, BufferChange.Moved);
        if (failure is not null)
            throw failure;
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

    /// <summary>dma_buf_mmap: the bytes, which stay where they are from then on.</summary>
    /// <exception cref="TeeDriverException">EINVAL, which is what dma_buf_mmap answers for an exporter without that operation.</exception>
    internal Span<byte> MapForCpu()
    {
        lock (_lock)
        {
            RefuseCpu(Errno.EINVAL, DmaDirection.Bidirectional);
            CheckRevoked();
            memory.Provide(Devices);
            RefuseCpu(Errno.EINVAL, DmaDirection.Bidirectional);
            _cpuMapped = true;
            return memory.CpuView;
        }
    }

    /// <summary>dma_buf_begin_cpu_access (DMA_BUF_IOCTL_SYNC): waits for the devices.</summary>
    /// <exception cref="TeeDriverException">EPERM: restricted (rstmem_dma_buf_begin_cpu_access); ETIMEDOUT, or what a writer failed with.</exception>
    internal void BeginCpuAccess(DmaDirection direction, TimeSpan patience)
    {
        lock (_lock)
        {
            RefuseCpu(Errno.EPERM, direction);
            CheckRevoked();
        }

        Fences.Wait(asWriter: direction is DmaDirection.Bidirectional or DmaDirection.ToDevice, patience); // __dma_buf_begin_cpu_access
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

    /// <summary>The gate hears that the CPU asked, whatever the answer.</summary>
    private void RefuseCpu(Errno errno, DmaDirection direction)
    {
        if (!Exporter.Restriction.IsRestricted)
            return;
        var request = new AccessRequest(Exporter, DmaDevice.Cpu, direction, memory.RestrictedCookie);
        try
        {
            Exporter.Gate.Revoke(request, Exporter.Gate.Grant(request)); // whoever may, this memory has no mapping to give
        }
        catch (TeeDriverException e) when (e.Errno == Errno.EACCES)
        {
            // As it should be.
        }

        throw new TeeDriverException(errno, $"The CPU has no way to a buffer of {Exporter.Name}.");
    }

    private static AttachmentState Next(DmaBufAttachment attachment, AttachmentEvent what)
    {
        (AttachmentState next, Errno? refusal) = AttachmentTransitions.On(attachment.Current, what);
        return refusal is null ? next : throw new TeeDriverException(refusal.Value, $"{attachment.Device.Name} is {attachment.Current}, which does not go with {what}.");
    }

    /// <summary>From here on no mapping is good for anything; the devices are shut out.</summary>
    private List<DmaBufAttachment> Invalidate()
    {
        foreach (DmaBufAttachment attachment in _attachments.Where(a => a.Current == AttachmentState.Mapped))
        {
            Exporter.Gate.Revoke(attachment.Granted, attachment.Handle);
            attachment.Current = Next(attachment, AttachmentEvent.Invalidate);
        }

        return [.. _attachments];
    }

    private void EndMapping(DmaBufAttachment attachment)
    {
        attachment.Mapping!.End();
        if (attachment.Current == AttachmentState.Mapped)
            Exporter.Gate.Revoke(attachment.Granted, attachment.Handle);
        (attachment.Mapping, attachment.MapCount, attachment.Granted, attachment.Handle) = (null, 0, default, 0);
    }

    /// <summary>What one importer makes of it must not keep it from the others.</summary>
    private static void Tell(List<DmaBufAttachment> attachments, BufferChange change)
    {
        foreach (DmaBufAttachment attachment in attachments)
        {
            try
            {
                attachment.Importer?.MoveNotify(attachment, change);
            }
            catch (Exception e)
            {
                Serilog.Log.Error("The driver of {Device} failed when a buffer was {Change}: {Type}", attachment.Device.Name, change, e.GetType().Name);
            }
        }
    }
}
