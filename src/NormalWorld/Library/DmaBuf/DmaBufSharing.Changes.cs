using RestrictedTee.NormalWorld.DmaBuf.Devices;
using RestrictedTee.NormalWorld.Uapi;

namespace RestrictedTee.NormalWorld.DmaBuf;

/// <summary>What becomes of a buffer under its devices: it is taken away, from all or from one, granted again, or moved.</summary>
internal sealed partial class DmaBufSharing
{
    /// <summary>Takes the buffer from all devices, at once (VFIO: the device behind it is reset, or its memory space is off). Again is nothing new.</summary>
    /// <exception cref="TeeDriverException">EOPNOTSUPP: it is not revocable; EBUSY: a device has it mapped that was promised that it is not.</exception>
    internal void Revoke()
    {
        List<DmaBufAttachment> told;
        lock (_lock)
        {
            if (_revoked)
                return;
            CheckRevocable(_attachments);
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

    /// <summary>
    /// Takes the buffer from one device, while the others go on. Its mapping stays and fails, so that it works again when access is granted
    /// again; until then the device maps nothing anew.
    /// </summary>
    /// <exception cref="TeeDriverException">EOPNOTSUPP: it is not revocable, or nobody keeps it at run time; EBUSY: the device has it mapped, and was promised that it is not.</exception>
    internal void RevokeFrom(DmaDevice device) => SetAccess(device, isGranted: false);

    /// <summary>Lets the device at it again.</summary>
    /// <exception cref="TeeDriverException">EOPNOTSUPP; EACCES: no rule lets it.</exception>
    internal void GrantTo(DmaDevice device) => SetAccess(device, isGranted: true);

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

    private void SetAccess(DmaDevice device, bool isGranted)
    {
        List<DmaBufAttachment> told;
        lock (_lock)
        {
            told = _attachments.FindAll(attachment => attachment.Device.Name == device.Name);
            if (!isGranted)
                CheckRevocable(told);
            Exporter.Gate.SetAccess(new AccessRequest(Exporter, device, DmaDirection.None, memory.RestrictedCookie), isGranted);
        }

        Tell(told, isGranted ? BufferChange.Granted : BufferChange.Revoked);
    }

    /// <summary>Whether the buffer may be taken from who is attached.</summary>
    private void CheckRevocable(List<DmaBufAttachment> from)
    {
        if (!Exporter.Offers.HasFlag(Placements.Revocable))
            throw new TeeDriverException(Errno.EOPNOTSUPP, $"Buffers of {Exporter.Name} are not revocable.");
        if (from.Find(a => a.Current == AttachmentState.Mapped && !a.Device.Takes.HasFlag(Placements.Revocable)) is { } pinned)
            throw new TeeDriverException(Errno.EBUSY, $"{pinned.Device.Name} has the buffer mapped, and takes none that can be revoked.");
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
