using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Kernel.Memory;
using RestrictedTee.SecureWorld.Kernel.Messages;
using RestrictedTee.SecureWorld.Kernel.Threads;
using RestrictedTee.SecureWorld.MemorySharing;
using RestrictedTee.SecureWorld.ProtectedMemory;
using RestrictedTee.SecureWorld.SecureMonitor;
using RestrictedTee.SmcTransport.Abi;
using RestrictedTee.SmcTransport.Abi.Ffa;
using RestrictedTee.SmcTransport.Frames;

namespace RestrictedTee.SecureWorld.Spmc.Partitions;

/// <summary>OP-TEE as an FF-A partition: its service over direct messages (handle_blocking_call and handle_yielding_call in thread_spmc.c upstream).</summary>
internal sealed class TeePartition : Partition
{
    private readonly DispatchTable<Service> _services;
    private readonly YieldingCalls _calls;
    private readonly MemoryObjectTable _objects;
    private readonly RestrictedMemory _restricted;
    private readonly LentMemory _lent;
    private readonly Notifications _notifications;

    internal TeePartition(
        YieldingCalls calls, MemoryObjectTable objects, MemoryRelayer relayer, RestrictedMemory restricted, LentMemory lent, Notifications notifications)
        : base(PartitionId.Tee, new Guid("486178e0-e7f8-11e3-bc5e-0002a5d5c51b"), FfaPartitionProperties.ReceivesDirectRequests | FfaPartitionProperties.AArch64, FfaVersion.V1_2)
    {
        _calls = calls;
        _objects = objects;
        _restricted = restricted;
        _lent = lent;
        _notifications = notifications;
        objects.Resolver = cookie => relayer.RetrieveForTee(new MemoryHandle(cookie), TransactionKind.Share) is { } share
            ? SharedMemory.FromShare(relayer, share)
            : null;
        _services = new DispatchTable<Service>(
            OpteeFfa.Services,
            Reach.Ffa,
            new Dictionary<uint, Service>
            {
                [OpteeFfa.YieldingCallWithArg] = (ref answer, w4, w5, w6, thread) => answer.A3 = Call(MemoryHandle.FromHalves(w4, w5), w6, thread),
                [OpteeFfa.GetApiVersion] = (ref answer, _, _, _, _) => (answer.A3, answer.A4) = (OpteeFfa.VersionMajor, OpteeFfa.VersionMinor),
                [OpteeFfa.GetOsVersion] = (ref answer, _, _, _, _) => (answer.A3, answer.A4) = (FastCalls.OsRevisionMajor, FastCalls.OsRevisionMinor),
                [OpteeFfa.ExchangeCapabilities] = (ref answer, _, _, _, _) =>
                    (answer.A4, answer.A5, answer.A6) = (OpteeSmc.RpcParameterCount, (uint)Capabilities, OpteeSmc.MaxNotificationValue),
                [OpteeFfa.UnregisterShm] = (ref answer, w4, w5, _, _) => answer.A3 = Unregister(MemoryHandle.FromHalves(w4, w5)),
                [OpteeFfa.EnableAsyncNotif] = (ref answer, w4, _, _, _) => answer.A3 = EnableNotifications(w4),
                [OpteeFfa.ReleaseProtmem] = (ref answer, w4, w5, _, _) => answer.A3 = Release(MemoryHandle.FromHalves(w4, w5)),
                // Nothing is suspended, or the RPC would have received this frame.
                [OpteeFfa.YieldingCallResume] = (ref answer, _, _, _, _) => answer.A3 = (uint)TeeResult.BadParameters,
            },
            code => (ref answer, _, _, _, _) => answer.A3 = code);
    }

    /// <summary>A service of OP-TEE: its arguments w4 to w6, and the answer to fill.</summary>
    private delegate void Service(ref SmcFrame answer, uint w4, uint w5, uint w6, TeeThread thread);

    internal override void Serve(ref SmcFrame frame, Partition sender, TeeThread thread)
    {
        if (sender.Id != PartitionId.NormalWorld)
        {
            frame.Error(FfaStatus.InvalidParameters);
            return;
        }

        uint response = frame.A0 + 1, ids = frame.A1;
        uint service = frame.A3, w4 = frame.A4, w5 = frame.A5, w6 = frame.A6;
        frame = default;
        (frame.A0, frame.A1) = (response, (ids << 16) | (ids >> 16));
        if (_services.Find(service) is { } served)
            served(ref frame, w4, w5, w6, thread);
        else
            frame.A3 = (service & OpteeFfa.YieldingBit) != 0 ? unchecked((uint)(int)FfaStatus.Denied) : (uint)TeeResult.BadParameters;
    }

    private OpteeFfa.SecureCapabilities Capabilities =>
        OpteeFfa.SecureCapabilities.ArgOffset
        | OpteeFfa.SecureCapabilities.AsyncNotif
        | (_restricted.Pools.Any(pool => pool.IsDynamic) ? OpteeFfa.SecureCapabilities.Protmem : 0);

    private uint Call(MemoryHandle handle, uint offset, TeeThread thread)
    {
        if (thread.ResumeInformation != 0)
            return (uint)TeeResult.Busy; // the thread of this conduit is suspended in an RPC
        if (_objects.Get(handle.Value) is not { } memory)
            return (uint)TeeResult.BadParameters;
        try
        {
            return (uint)(_calls.Run(memory, offset, handle.Value, hasRpcArgument: true, thread) switch
            {
                CallOutcome.Done => TeeResult.Success,
                CallOutcome.ThreadLimit => TeeResult.Busy,
                CallOutcome.BadCommand => TeeResult.NotImplemented,
                _ => TeeResult.BadParameters,
            });
        }
        finally
        {
            memory.Release();
        }
    }

    // What the TEE has not retrieved, or does not know, is not registered: that is what was wanted.
    private uint Unregister(MemoryHandle handle)
    {
        if (!_objects.TryRemoveUnused(handle.Value, out SharedMemory? memory))
            return unchecked((uint)(int)FfaStatus.Busy);
        memory?.Release();
        return 0;
    }

    private uint EnableNotifications(uint bottomHalf)
    {
        if (bottomHalf >= OpteeFfa.MaxAsyncNotifValue)
            return (uint)TeeResult.BadParameters;
        _notifications.Enable(bottomHalf);
        return 0;
    }

    private uint Release(MemoryHandle handle) => _lent.Release(handle) == TeeResult.Busy ? unchecked((uint)(int)FfaStatus.Busy) : 0;
}
