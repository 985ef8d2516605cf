using RestrictedTee.NormalWorld.Uapi;

namespace RestrictedTee.NormalWorld.Heaps;

/// <summary>Use of a pool, by everybody or by one client (dmem.current, dmem.max; the peak since the start, or since the client came).</summary>
/// <param name="Used">Bytes.</param>
/// <param name="Peak">The most that it ever was.</param>
/// <param name="Limit">The most that it may be; null for no limit.</param>
public readonly record struct HeapUsage(ulong Used, ulong Peak, ulong? Limit);

/// <summary>Use of a pool by one client.</summary>
/// <param name="Pid">The client's process.</param>
/// <param name="Usage">Its use.</param>
public sealed record HeapClientUsage(int Pid, HeapUsage Usage);

/// <summary>Who has how much of a heap, and may have (the dmem cgroup: kernel/cgroup/dmem.c, a region for each heap, a group for each client).</summary>
internal sealed class HeapAccount(string heap)
{
    /// <summary>A listing names so many clients, those that have most.</summary>
    private const int MaxListed = 8;

    private readonly object _lock = new(); // protects everything below; a leaf
    private readonly Dictionary<int, HeapUsage> _clients = [];
    private HeapUsage _all;
    private ulong? _clientLimit;

    internal HeapUsage Usage
    {
        get
        {
            lock (_lock)
                return _all;
        }
    }

    internal ulong? ClientLimit
    {
        get
        {
            lock (_lock)
                return _clientLimit;
        }
    }

    internal IReadOnlyList<HeapClientUsage> Clients
    {
        get
        {
            lock (_lock)
            {
                return [.. _clients.OrderByDescending(client => client.Value.Used).Take(MaxListed)
                    .Select(client => new HeapClientUsage(client.Key, client.Value with { Limit = _clientLimit }))];
            }
        }
    }

    /// <summary>Sets what all together, and what each client, may have; null for no limit. What is there stays.</summary>
    internal void SetLimits(ulong? all, ulong? eachClient)
    {
        lock (_lock)
            (_all, _clientLimit) = (_all with { Limit = all }, eachClient);
    }

    /// <exception cref="TeeDriverException">EAGAIN: over a limit (dmem_cgroup_try_charge); ENOMEM: more than there can be.</exception>
    internal void Charge(int client, ulong size)
    {
        lock (_lock)
        {
            if (size > ulong.MaxValue - _all.Used)
                throw new TeeDriverException(Errno.ENOMEM, $"No room for {size} bytes of {heap}.");
            HeapUsage before = _clients.GetValueOrDefault(client);
            if (IsOver(before.Used, size, _clientLimit))
                throw new TeeDriverException(Errno.EAGAIN, $"Process {client} has {before.Used} bytes of {heap}, and with {size} more would have over {_clientLimit}.");
            if (IsOver(_all.Used, size, _all.Limit))
                throw new TeeDriverException(Errno.EAGAIN, $"{_all.Used} bytes of {heap} are taken, and with {size} more it would be over {_all.Limit}.");
            _clients[client] = before with { Used = before.Used + size };
            _all = _all with { Used = _all.Used + size };
        }
    }

    /// <summary>What was charged has been allocated.</summary>
    internal void NotePeak(int client)
    {
        lock (_lock)
        {
            _all = _all with { Peak = Math.Max(_all.Peak, _all.Used) };
            if (_clients.TryGetValue(client, out HeapUsage usage))
                _clients[client] = usage with { Peak = Math.Max(usage.Peak, usage.Used) };
        }
    }

    internal void Uncharge(int client, ulong size)
    {
        lock (_lock)
        {
            _all = _all with { Used = _all.Used - size };
            HeapUsage after = _clients[client] with { Used = _clients[client].Used - size };
            if (after.Used == 0)
                _clients.Remove(client);
            else
                _clients[client] = after;
        }
    }

    private static bool IsOver(ulong used, ulong size, ulong? limit) => limit is { } most && (size > most || used > most - size);
}
