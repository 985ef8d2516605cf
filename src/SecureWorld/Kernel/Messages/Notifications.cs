using System.Numerics;
using RestrictedTee.SecureWorld.Firewall;
using RestrictedTee.SmcTransport.Abi;
using RestrictedTee.SmcTransport.Interop;
using Serilog;

namespace RestrictedTee.SecureWorld.Kernel.Messages;

/// <summary>
/// Asynchronous notifications (core/kernel/notif.c upstream): pending values as a bitmap, and the line that tells the normal
/// world to come and ask. What they announce here is work for the bottom half: fault records of the firewall.
/// </summary>
internal sealed class Notifications
{
    private readonly object _lock = new(); // protects the fields below; a leaf
    private readonly FirewallRules _firewall;
    private PipeEnd? _line;
    private ulong _pending;
    private bool _enabled;
    private uint? _ffaBottomHalf;

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

    /// <summary>Over FF-A, how a notification is set for the normal world; over SMC there is none.</summary>
    internal Action<ulong>? FfaSet { get; set; }

    internal void Enable()
    {
        lock (_lock)
            _enabled = true;
    }

    /// <summary>Over FF-A the normal world says which notification asks for a bottom half.</summary>
    internal void Enable(uint bottomHalf)
    {
        lock (_lock)
            (_enabled, _ffaBottomHalf) = (true, bottomHalf);
    }

    /// <summary>Rings for the normal world to come and ask.</summary>
    internal void Ring()
    {
        lock (_lock)
            RingLocked();
    }

    internal void Stop()
    {
        lock (_lock)
            _enabled = false;
    }

    /// <summary>Marks a value as pending, and rings unless it has been rung for and not yet answered.</summary>
    internal void Post(uint value)
    {
        uint? bottomHalf;
        lock (_lock)
        {
            bottomHalf = _enabled ? _ffaBottomHalf : null;
            if (FfaSet is null)
            {
                bool quiet = _pending == 0;
                _pending |= 1UL << (int)value;
                if (_enabled && quiet)
                    RingLocked();
            }
        }

        if (value == OpteeSmc.AsyncNotifDoBottomHalf && bottomHalf is { } notification)
            FfaSet?.Invoke(1UL << (int)notification);
    }

    /// <summary>Takes the lowest pending value.</summary>
    internal bool TryTake(out uint value, out bool more)
    {
        lock (_lock)
        {
            value = _pending == 0 ? 0 : (uint)BitOperations.TrailingZeroCount(_pending);
            bool valid = _pending != 0;
            _pending &= ~(1UL << (int)value);
            more = _pending != 0;
            return valid;
        }
    }

    private void RingLocked()
    {
        if (_line is null)
            return;
        try
        {
            _line.WriteAll([1]);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            Log.Debug("The notification line is gone: {Reason}", e.Message);
        }
    }

    internal void DoBottomHalf()
    {
        foreach (FaultRecord fault in _firewall.Faults.Drain())
        {
            Log.Information(
                "Firewall: {Master} was refused {Access} to a {UseCase} buffer: {Reason}",
                fault.Master,
                fault.Rights,
                fault.UseCase,
                fault.Reason);
        }
    }
}
