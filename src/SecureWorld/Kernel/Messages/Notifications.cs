using System.Numerics;
using RestrictedTee.SecureWorld.Firewall;
using RestrictedTee.SmcTransport.Abi;
using RestrictedTee.SmcTransport.Interleaving;
using RestrictedTee.SmcTransport.Interop;
using RestrictedTee.SmcTransport.Lifetimes;
using Serilog;

namespace RestrictedTee.SecureWorld.Kernel.Messages;

/// <summary>
/// Asynchronous notifications (core/kernel/notif.c upstream): pending values as a bitmap, and the line that tells the normal
/// world to come and ask. What they announce here is work for the bottom half: fault records of the firewall.
/// </summary>
internal sealed class Notifications
{
    private readonly object _lock = new(); // protects the fields below; a leaf, and never held while the line or the SPMC is used
    private readonly object _writing = new(); // held by whoever has refusals in hand until they are written; the log's lock inside, no other
    private readonly FirewallRules _firewall;
    private PipeEnd? _line;
    private ulong _pending;
    private bool _enabled;
    private uint? _ffaBottomHalf;
    private uint _timesEnabled; // over FF-A

    internal Notifications(FirewallRules firewall)
    {
        _firewall = firewall;
        firewall.Faults.Faulted += () => Post(OpteeSmc.AsyncNotifDoBottomHalf);
    }

    internal void Connect(PipeEnd line)
    {
        lock (_lock)
            _line = line;
    }

    /// <summary>Over FF-A, how a notification is set for the normal world, and whether it could be; over SMC there is none.</summary>
    internal Func<ulong, bool>? FfaSet { get; set; }

    /// <summary>The normal world can take notifications, and is told at once of what waits for it.</summary>
    internal void Enable()
    {
        bool waiting;
        lock (_lock)
        {
            _enabled = true;
            waiting = _pending != 0;
        }

        if (waiting)
            Ring();
    }

    /// <summary>Over FF-A the normal world says which notification asks for a bottom half.</summary>
    internal void Enable(uint bottomHalf)
    {
        bool waiting;
        lock (_lock)
        {
            (_enabled, _ffaBottomHalf) = (true, bottomHalf);
            _timesEnabled = unchecked(_timesEnabled + 1);
            waiting = _pending != 0;
        }

        if (waiting)
            Post(OpteeSmc.AsyncNotifDoBottomHalf);
    }

    /// <summary>Rings for the normal world to come and ask.</summary>
    internal void Ring()
    {
        PipeEnd? line;
        lock (_lock)
            line = _line;
        try
        {
            // One byte that is not read yet says all there is to say, so what a full line does not take is not missed.
            line?.TryWrite([1]);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            Log.Debug("The notification line is gone: {Reason}", e.Message);
        }
    }

    internal void Stop()
    {
        lock (_lock)
            _enabled = false;
    }

    /// <summary>Marks a value as pending, and rings unless it has been rung for and not yet answered.</summary>
    internal void Post(uint value)
    {
        ulong mine = 1UL << (int)value;
        bool ring;
        ulong ffa = 0;
        uint seen;
        lock (_lock)
        {
            seen = _timesEnabled;
            ring = _enabled && _pending == 0;
            InterleavingPoint.Reach("Notifications.Post");
            _pending |= mine;
            if (FfaSet is not null)
            {
                // Over FF-A the bitmap of the SPMC is what is pending; here is only what has not got there.
                ring = false;
                if (_enabled && value == OpteeSmc.AsyncNotifDoBottomHalf && _ffaBottomHalf is { } notification)
                {
                    ffa = 1UL << (int)notification;
                    _pending &= ~mine;
                }
            }
        }

        if (ring)
            Ring();
        if (ffa == 0 || FfaSet!(ffa))
            return;
        InterleavingPoint.Reach("Notifications.FfaSet");
        bool again;
        lock (_lock)
        {
            _pending |= mine; // not bound yet: the next time that notifications are enabled, unless that was in between
            again = _timesEnabled != seen;
        }

        if (again)
            Post(value);
    }

    /// <summary>Takes the lowest pending value.</summary>
    internal bool TryTake(out uint value, out bool more)
    {
        lock (_lock)
        {
            value = _pending == 0 ? 0 : (uint)BitOperations.TrailingZeroCount(_pending);
            bool valid = _pending != 0;
            InterleavingPoint.Reach("Notifications.TryTake");
            _pending &= ~(1UL << (int)value);
            more = _pending != 0;
            return valid;
        }
    }

    /// <summary>
    /// Writes the refusals of the firewall to the secure log, and returns when all that were taken are written, be it by another thread:
    /// it is also called before the log is closed, for those that nobody asked for.
    /// </summary>
    internal void DoBottomHalf()
    {
        lock (_writing)
            WriteRefusals();
    }

    private void WriteRefusals()
    {
        IReadOnlyList<FaultRecord> faults = _firewall.Faults.Drain(out long lost);
        InterleavingPoint.Reach("Notifications.WriteRefusals");
        if (lost != 0)
            Log.Warning("Firewall: {Count} older refusals are not told here, because more came than are kept", lost);
        foreach (FaultRecord fault in faults)
        {
            string place = fault.UseCase == default ? $"at 0x{fault.Offset:x}" : $"of a {_firewall.NameOf(fault.UseCase)} buffer";
            Log.Warning("Firewall: {Master} was refused {Access} to {Length} bytes {Place}: {Reason}", fault.Master, fault.Rights, fault.Length, place, fault.Reason);
        }
    }
}
