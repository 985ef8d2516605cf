using RestrictedTee.SecureWorld.Kernel.Messages;
using RestrictedTee.SecureWorld.Kernel.Threads;
using RestrictedTee.SecureWorld.ProtectedMemory;
using RestrictedTee.SmcTransport.Abi;
using RestrictedTee.SmcTransport.Board;
using RestrictedTee.SmcTransport.Frames;

namespace RestrictedTee.SecureWorld.SecureMonitor;

/// <summary>The fast calls of the OP-TEE SMC interface (core/arch/arm/tee/entry_fast.c upstream).</summary>
internal sealed class FastCalls
{
    /// <summary>The OP-TEE release whose ABI is served.</summary>
    internal const uint OsRevisionMajor = 4;

    /// <summary>Its minor number.</summary>
    internal const uint OsRevisionMinor = 7;

    private const int AddressWidth = 64;

    private readonly ReservedShm _reserved;
    private readonly RestrictedMemory _restricted;
    private readonly ThreadLimit _threads;
    private readonly Notifications _notifications;
    private readonly RpcArgumentCache _cache;

    internal FastCalls(ReservedShm reserved, RestrictedMemory restricted, ThreadLimit threads, Notifications notifications, RpcArgumentCache cache)
    {
        _reserved = reserved;
        _restricted = restricted;
        _threads = threads;
        _notifications = notifications;
        _cache = cache;
        Handlers = new Dictionary<uint, SmcCall>
        {
            [OpteeSmc.CallsCount] = (ref f, _) => f.A0 = (uint)OpteeSmc.Calls.Rows.Count,
            [OpteeSmc.CallsUid] = (ref f, _) => SetWords(ref f, OpteeMsg.Uid),
            [OpteeSmc.CallsRevision] = (ref f, _) => (f.A0, f.A1) = (OpteeMsg.RevisionMajor, OpteeMsg.RevisionMinor),
            [OpteeSmc.GetOsUuid] = (ref f, _) => SetWords(ref f, OpteeMsg.OsUuid),
            [OpteeSmc.GetOsRevision] = (ref f, _) => (f.A0, f.A1, f.A2) = (OsRevisionMajor, OsRevisionMinor, 0),
            [OpteeSmc.GetShmConfig] = GetShmConfig,
            [OpteeSmc.ExchangeCapabilities] = ExchangeCapabilities,
            [OpteeSmc.DisableShmCache] = DisableShmCache,
            [OpteeSmc.EnableShmCache] = EnableShmCache,
            [OpteeSmc.GetThreadCount] = (ref f, _) => (f.A0, f.A1) = (OpteeSmc.ReturnOk, (uint)_threads.Count),
            [OpteeSmc.EnableAsyncNotif] = EnableAsyncNotif,
            [OpteeSmc.GetAsyncNotifValue] = GetAsyncNotifValue,
            [OpteeSmc.GetProtmemConfig] = GetProtmemConfig,
        };
    }

    /// <summary>What carries each out.</summary>
    internal IReadOnlyDictionary<uint, SmcCall> Handlers { get; }

    private static void SetWords(ref SmcFrame frame, ReadOnlySpan<uint> words)
    {
        for (int i = 0; i < words.Length; i++)
            frame[i] = words[i];
    }

    private void GetShmConfig(ref SmcFrame frame, TeeThread thread)
    {
        frame.A0 = OpteeSmc.ReturnOk;
        frame[1] = _reserved.Range.Start.Value;
        frame[2] = _reserved.Range.Length;
        frame[3] = OpteeSmc.ShmCached;
    }

    private void ExchangeCapabilities(ref SmcFrame frame, TeeThread thread)
    {
        bool known = (frame.A1 & ~OpteeSmc.NsecCapUniprocessor) == 0;
        OpteeSmc.SecureCapabilities capabilities =
            OpteeSmc.SecureCapabilities.HaveReservedShm
            | OpteeSmc.SecureCapabilities.DynamicShm
            | OpteeSmc.SecureCapabilities.MemrefNull
            | OpteeSmc.SecureCapabilities.AsyncNotif
            | OpteeSmc.SecureCapabilities.RpcArg;
        if (_restricted.Pools.Any(pool => !pool.IsDynamic))
            capabilities |= OpteeSmc.SecureCapabilities.Protmem;
        if (_restricted.Pools.Any(pool => pool.IsDynamic))
            capabilities |= OpteeSmc.SecureCapabilities.DynamicProtmem;
        frame.A0 = known ? OpteeSmc.ReturnOk : OpteeSmc.ReturnENotAvail;
        frame.A1 = (uint)capabilities;
        if (!known)
            return;
        frame.A2 = OpteeSmc.MaxNotificationValue;
        frame.A3 = OpteeSmc.RpcParameterCount;
    }

    private void DisableShmCache(ref SmcFrame frame, TeeThread thread)
    {
        if (!_threads.IsIdle)
        {
            frame.A0 = OpteeSmc.ReturnEBusy;
        }
        else if (_cache.DisableAndTake() is { } argument)
        {
            argument.Memory.Release();
            frame.A0 = OpteeSmc.ReturnOk;
            frame.A1A2 = argument.Cookie;
        }
        else
        {
            frame.A0 = OpteeSmc.ReturnENotAvail;
        }
    }

    private void EnableShmCache(ref SmcFrame frame, TeeThread thread)
    {
        if (_threads.IsIdle)
            _cache.Enable();
        frame.A0 = _threads.IsIdle ? OpteeSmc.ReturnOk : OpteeSmc.ReturnEBusy;
    }

    private void EnableAsyncNotif(ref SmcFrame frame, TeeThread thread)
    {
        _notifications.Enable();
        frame.A0 = OpteeSmc.ReturnOk;
    }

    private void GetAsyncNotifValue(ref SmcFrame frame, TeeThread thread)
    {
        bool valid = _notifications.TryTake(out uint value, out bool more);
        frame.A0 = OpteeSmc.ReturnOk;
        frame.A1 = value;
        frame.A2 = (valid ? OpteeSmc.AsyncNotifValid : 0) | (more ? OpteeSmc.AsyncNotifPending : 0);
    }

    private void GetProtmemConfig(ref SmcFrame frame, TeeThread thread)
    {
        if (_restricted.PoolOf(UseCase.SecureVideoPlay) is not { IsDynamic: false, Regions: [var region] })
        {
            frame.A0 = OpteeSmc.ReturnENotAvail;
            return;
        }

        frame.A0 = OpteeSmc.ReturnOk;
        frame[1] = region.Range.Start.Value;
        frame[2] = region.Range.Length;
        frame[3] = AddressWidth;
    }
}
