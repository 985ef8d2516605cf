using RestrictedTee.SecureWorld.Firewall;
using RestrictedTee.SecureWorld.MemorySharing;
using RestrictedTee.SmcTransport.Board;

namespace RestrictedTee.SecureWorld.Devices;

/// <summary>The devices of this build, by the name of their bus master: one file and one line each. A board has those that it names.</summary>
internal sealed class DeviceModels : IDisposable
{
    private static readonly Dictionary<string, Func<BusPort, Action, DeviceModel>> All = new(StringComparer.Ordinal)
    {
        [BusMasterNames.CryptoEngine] = (port, interrupt) => new CryptoEngine(port, interrupt),
    };

    private readonly DeviceModel[] _devices;
    private readonly Action _ring;
    private ulong _interrupts;

    /// <param name="firewall">Whom each access is asked of.</param>
    /// <param name="relayer">Normal memory.</param>
    /// <param name="ring">Rings the notification line.</param>
    internal DeviceModels(FirewallRules firewall, MemoryRelayer relayer, Action ring)
    {
        _ring = ring;
        MasterId[] present = [.. firewall.Static.Masters.Where(id => id.Kind == BusMasterKind.Device && All.ContainsKey(id.Name))];
        _devices = [.. present.Select((id, i) => All[id.Name](new BusPort(BusMaster.Device(id.Name), firewall, relayer), () => Raise(i)))];
        Rows = [.. present.Select(id => firewall.Static.Masters.ToList().IndexOf(id))];
    }

    internal IReadOnlyList<DeviceModel> Devices => _devices;

    /// <summary>The row of the board that each device has.</summary>
    internal IReadOnlyList<int> Rows { get; }

    /// <summary>The devices with an interrupt, a bit each; they have none after it.</summary>
    internal ulong TakeInterrupts() => Interlocked.Exchange(ref _interrupts, 0);

    /// <summary>Stops all devices; when it returns, none touches memory any more.</summary>
    public void Dispose() => Array.ForEach(_devices, device => device.Dispose());

    private void Raise(int device)
    {
        Interlocked.Or(ref _interrupts, 1UL << device);
        _ring();
    }
}
