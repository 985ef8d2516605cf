using RestrictedTee.NormalWorld.DmaBuf;
using RestrictedTee.NormalWorld.DmaBuf.Devices;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Board;
using RestrictedTee.Tests.Harness;

namespace RestrictedTee.Tests.DmaBuf;

/// <summary>What a buffer and its attachments should answer, said again in the plainest way: null for success.</summary>
internal sealed class SharingModel(Placements offers, ulong address)
{
    internal List<Attached> Attachments { get; } = [];

    internal bool IsRevoked { get; private set; }

    internal ulong Address { get; private set; } = address;

    internal bool IsOpen { get; private set; } = true;

    /// <summary>Deadlines of the jobs that have not ended.</summary>
    internal List<TimeSpan> Jobs { get; } = [];

    internal bool IsFreed => !IsOpen && Attachments.Count == 0;

    internal IEnumerable<(string Device, DmaDirection Direction)> Open =>
        Attachments.Where(a => a.State == AttachmentState.Mapped).Select(a => (a.Device.Name, a.Direction));

    internal sealed class Attached(DmaDevice device)
    {
        internal DmaDevice Device => device;

        internal AttachmentState State { get; set; }

        internal DmaDirection Direction { get; set; }

        internal int Count { get; set; }

        internal ulong MappedAt { get; set; }
    }

    internal void Close() => IsOpen = false;

    internal Errno? Attach(DmaDevice device, bool listens)
    {
        if (!IsOpen)
            return Errno.EBADF;
        if (IsRevoked)
            return Errno.ENODEV;
        if ((offers & device.Takes) == 0)
            return Errno.EOPNOTSUPP;
        if (Rights(device) == DmaAccess.None)
            return Errno.EACCES;
        if (!Reaches(device, Address))
            return Errno.EBUSY;
        return !listens && Agreed(device) != Placements.Pinned ? Errno.EINVAL : null;
    }

    internal Errno? Map(Attached a, DmaDirection direction)
    {
        if (direction == DmaDirection.None || a.State == AttachmentState.Detached)
            return Errno.EINVAL;
        if (a.State == AttachmentState.Stale)
            return Errno.EBUSY;
        if (IsRevoked)
            return Errno.ENODEV;
        if (a.State == AttachmentState.Mapped)
        {
            if (a.Direction != direction && a.Direction != DmaDirection.Bidirectional)
                return Errno.EBUSY;
            a.Count++;
            return null;
        }

        DmaAccess wanted = direction switch { DmaDirection.ToDevice => DmaAccess.Read, DmaDirection.FromDevice => DmaAccess.Write, _ => DmaAccess.ReadWrite };
        if ((Rights(a.Device) & wanted) != wanted)
            return Errno.EACCES;
        (a.State, a.Direction, a.Count, a.MappedAt) = (AttachmentState.Mapped, direction, 1, Address);
        return null;
    }

    internal Errno? Unmap(Attached a, bool isCurrent)
    {
        if (a.State is AttachmentState.Attached or AttachmentState.Detached || !isCurrent)
            return Errno.EINVAL;
        if (--a.Count == 0)
            a.State = AttachmentState.Attached;
        return null;
    }

    internal void Detach(Attached a)
    {
        (a.State, a.Count) = (AttachmentState.Detached, 0);
        Attachments.Remove(a);
    }

    internal Errno? Revoke()
    {
        if (IsRevoked)
            return null;
        if (!offers.HasFlag(Placements.Revocable))
            return Errno.EOPNOTSUPP;
        if (Attachments.Exists(a => a.State == AttachmentState.Mapped && !a.Device.Takes.HasFlag(Placements.Revocable)))
            return Errno.EBUSY;
        IsRevoked = true;
        MakeStale();
        return null;
    }

    internal void Grant() => IsRevoked = false;

    internal Errno? Move(TimeSpan now, bool isFull)
    {
        if (!offers.HasFlag(Placements.Dynamic))
            return Errno.EOPNOTSUPP;
        if (IsRevoked)
            return Errno.ENODEV;
        if (Jobs.Exists(deadline => deadline > now) || Attachments.Exists(a => a.State == AttachmentState.Mapped && Agreed(a.Device) != Placements.Dynamic))
            return Errno.EBUSY;
        MakeStale();
        if (isFull)
            return Errno.ENOMEM;
        if (!Attachments.TrueForAll(a => Reaches(a.Device, Address + TestMemory.Step)))
            return Errno.EBUSY;
        Address += TestMemory.Step;
        return null;
    }

    private void MakeStale()
    {
        foreach (Attached a in Attachments.Where(a => a.State == AttachmentState.Mapped))
            a.State = AttachmentState.Stale;
    }

    private Placements Agreed(DmaDevice device)
    {
        foreach (Placements kind in new[] { Placements.Dynamic, Placements.Revocable })
        {
            if (offers.HasFlag(kind) && device.Takes.HasFlag(kind))
                return kind;
        }

        return Placements.Pinned;
    }

    private static DmaAccess Rights(DmaDevice device) => device.Rights.TryGetValue(UseCase.SecureVideoPlay, out DmaAccess rights) ? rights : DmaAccess.None;

    private static bool Reaches(DmaDevice device, ulong address) => device.AddressBits >= 64 || address + 0x1FFF < 1UL << device.AddressBits;
}
