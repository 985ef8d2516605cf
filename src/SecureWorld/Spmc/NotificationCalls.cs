using RestrictedTee.SecureWorld.Kernel.Threads;
using RestrictedTee.SmcTransport.Abi.Ffa;
using RestrictedTee.SmcTransport.Frames;

namespace RestrictedTee.SecureWorld.Spmc;

/// <summary>Notifications (DEN0077A 1.2 chapter 16): global ones; a bitmap is bound by its receiver and set by its sender.</summary>
internal sealed class NotificationCalls
{
    private const uint FromPartitions = 1, FromNormalWorld = 2, FromFramework = 4 | 8;
    private const uint DelayScheduling = 1 << 1;

    private readonly object _lock = new(); // protects all bitmaps; a leaf
    private readonly PartitionTable _partitions;
    private readonly Action _scheduleReceiver;

    /// <param name="dispatcher">Where the calls are entered.</param>
    /// <param name="partitions">The endpoints.</param>
    /// <param name="scheduleReceiver">Raises the schedule receiver interrupt in the normal world.</param>
    internal NotificationCalls(FfaDispatcher dispatcher, PartitionTable partitions, Action scheduleReceiver)
    {
        _partitions = partitions;
        _scheduleReceiver = scheduleReceiver;
        dispatcher.Add(FfaFunction.NotificationBitmapCreate, (ref f, caller, _) => f.Simple(Create(f, caller)));
        dispatcher.Add(FfaFunction.NotificationBitmapDestroy, (ref f, caller, _) => f.Simple(Destroy(f, caller)));
        dispatcher.Add(FfaFunction.NotificationBind, (ref f, caller, _) => f.Simple(Bind(f, caller)));
        dispatcher.Add(FfaFunction.NotificationUnbind, (ref f, caller, _) => f.Simple(Unbind(f, caller)));
        dispatcher.Add(FfaFunction.NotificationSet, (ref f, caller, _) => f.Simple(Set(f, caller)));
        dispatcher.Add(FfaFunction.NotificationGet, Get);
        dispatcher.Add(FfaFunction.NotificationInfoGet32, GetInfo);
        dispatcher.Add(FfaFunction.NotificationInfoGet64, GetInfo);
    }

    /// <summary>Sets notifications on behalf of a partition; what an FFA_NOTIFICATION_SET of it would do.</summary>
    internal FfaStatus Set(PartitionId sender, PartitionId receiver, ulong bitmap)
    {
        if (_partitions.Find(receiver) is not { } target || receiver == sender)
            return FfaStatus.InvalidParameters;
        lock (_lock)
        {
            if (!target.Notifications.IsCreated || !target.Notifications.AreBoundTo(sender, bitmap))
                return FfaStatus.Denied;
            target.Notifications.Set(sender, bitmap);
        }

        _scheduleReceiver();
        return FfaStatus.Success;
    }

    private static ulong Bitmap(in SmcFrame frame) => frame.A3 | ((ulong)frame.A4 << 32);

    private FfaStatus Create(in SmcFrame frame, Partition caller)
    {
        // w1 is a VM of the caller's; without a hypervisor that is the caller itself. w2 counts its vCPUs.
        if (caller != _partitions.NormalWorld || frame.A1 != caller.Id.Value || !frame.AreZero(3, 7))
            return FfaStatus.InvalidParameters;
        lock (_lock)
        {
            if (caller.Notifications.IsCreated)
                return FfaStatus.Denied;
            caller.Notifications.IsCreated = true;
            return FfaStatus.Success;
        }
    }

    private FfaStatus Destroy(in SmcFrame frame, Partition caller)
    {
        if (caller != _partitions.NormalWorld || frame.A1 != caller.Id.Value || !frame.AreZero(3, 7))
            return FfaStatus.InvalidParameters;
        lock (_lock)
        {
            NotificationBitmap own = caller.Notifications;
            if (!own.IsCreated || own.HasPending || own.HasBound)
                return FfaStatus.Denied;
            own.IsCreated = false;
            return FfaStatus.Success;
        }
    }

    private FfaStatus Bind(in SmcFrame frame, Partition caller)
    {
        ulong bitmap = Bitmap(frame);
        FfaStatus status = CheckBinding(frame, caller, bitmap);
        if (status != FfaStatus.Success)
            return status;
        PartitionId sender = frame.Sender();
        lock (_lock)
        {
            NotificationBitmap own = caller.Notifications;
            if (!own.IsCreated || own.IsAnyBound(sender, bitmap) || own.IsPending(sender, bitmap))
                return FfaStatus.Denied;
            own.Bind(sender, bitmap);
            return FfaStatus.Success;
        }
    }

    private FfaStatus Unbind(in SmcFrame frame, Partition caller)
    {
        ulong bitmap = Bitmap(frame);
        FfaStatus status = CheckBinding(frame, caller, bitmap);
        if (status != FfaStatus.Success)
            return status;
        PartitionId sender = frame.Sender();
        lock (_lock)
        {
            NotificationBitmap own = caller.Notifications;
            if (!own.IsCreated || !own.AreBoundTo(sender, bitmap) || own.IsPending(sender, bitmap))
                return FfaStatus.Denied;
            own.Unbind(sender, bitmap);
            return FfaStatus.Success;
        }
    }

    // w2 of bind has the per-vCPU flag, which is not served; w2 of unbind must be zero.
    private FfaStatus CheckBinding(in SmcFrame frame, Partition caller, ulong bitmap) =>
        frame.A2 == 0
        && frame.AreZero(5, 7)
        && bitmap != 0
        && frame.Receiver() == caller.Id
        && frame.Sender() != caller.Id
        && _partitions.Find(frame.Sender()) is not null
            ? FfaStatus.Success
            : FfaStatus.InvalidParameters;

    private FfaStatus Set(in SmcFrame frame, Partition caller)
    {
        uint flags = frame.A2;
        ulong bitmap = Bitmap(frame);
        uint known = caller.Id.IsSecure ? DelayScheduling : 0; // delaying is for secure senders
        return (flags & ~known) != 0 || bitmap == 0 || frame.Sender() != caller.Id || !frame.AreZero(5, 7)
            ? FfaStatus.InvalidParameters
            : Set(caller.Id, frame.Receiver(), bitmap);
    }

    private void Get(ref SmcFrame frame, Partition caller, TeeThread thread)
    {
        uint flags = frame.A2, context = frame.A1 >> 16;
        if ((flags & ~(FromPartitions | FromNormalWorld | FromFramework)) != 0
            || frame.Receiver() != caller.Id
            || context >= Partition.MaxContexts
            || !frame.AreZero(3, 7))
        {
            frame.Error(FfaStatus.InvalidParameters);
            return;
        }

        ulong partitions, normalWorld;
        lock (_lock)
        {
            if (!caller.Notifications.IsCreated)
            {
                frame.Error(FfaStatus.Denied);
                return;
            }

            partitions = (flags & FromPartitions) != 0 ? caller.Notifications.TakeFromPartitions() : 0;
            normalWorld = (flags & FromNormalWorld) != 0 ? caller.Notifications.TakeFromNormalWorld() : 0;
        }

        frame.Success(unchecked((uint)partitions), (uint)(partitions >> 32));
        (frame.A4, frame.A5) = (unchecked((uint)normalWorld), (uint)(normalWorld >> 32));
    }

    private void GetInfo(ref SmcFrame frame, Partition caller, TeeThread thread)
    {
        const int FirstRegister = 3, CountShift = 7;
        if (caller != _partitions.NormalWorld || !frame.AreZero(1, 7))
        {
            frame.Error(caller == _partitions.NormalWorld ? FfaStatus.InvalidParameters : FfaStatus.NotSupported);
            return;
        }

        // Each list is one id, that of the receiver: a global notification has no vCPU. So all counts-less-one are zero.
        bool is64 = (frame.A0 & FfaFunction.Is64Bit) != 0;
        int idsEach = is64 ? 4 : 2, room = (8 - FirstRegister) * idsEach;
        var receivers = new List<PartitionId>();
        bool more = false;
        lock (_lock)
        {
            foreach (Partition partition in _partitions.Secure.Prepend(_partitions.NormalWorld))
            {
                if (!partition.Notifications.IsUnannounced || !partition.Notifications.HasPending)
                    continue;
                if (receivers.Count == room)
                {
                    more = true;
                    break;
                }

                partition.Notifications.Announce();
                receivers.Add(partition.Id);
            }
        }

        if (receivers.Count == 0)
        {
            frame.Error(FfaStatus.NoData);
            return;
        }

        frame = default;
        frame.A0 = is64 ? FfaFunction.Success64 : FfaFunction.Success32;
        frame[2] = ((ulong)receivers.Count << CountShift) | (more ? 1UL : 0);
        for (int i = 0; i < receivers.Count; i++)
            frame[FirstRegister + (i / idsEach)] |= (ulong)receivers[i].Value << (i % idsEach * 16);
    }
}
