using RestrictedTee.SecureWorld.Firewall;
using RestrictedTee.SecureWorld.MemorySharing;
using RestrictedTee.SecureWorld.ProtectedMemory;
using RestrictedTee.SecureWorld.Screens;
using RestrictedTee.SmcTransport.Board;

namespace RestrictedTee.SecureWorld.Devices;

/// <summary>The devices of this build, by the name of their bus master: one file and one line each. A board has those that it names.</summary>
internal sealed class DeviceModels : IDisposable
{
    private static readonly Dictionary<string, Func<DeviceParts, DeviceModel>> All = new(StringComparer.Ordinal)
    {
        [BusMasterNames.DisplayController] = parts => new DisplayController(parts),
        [BusMasterNames.Camera] = parts => new Camera(parts),
        [BusMasterNames.TouchController] = parts => new TouchController(parts),
        [BusMasterNames.CryptoEngine] = parts => new CryptoEngine(parts),
    };

    private readonly DeviceModel[] _devices;
    private readonly Action _ring;
    private ulong _interrupts;

    /// <param name="firewall">Whom each access is asked of.</param>
    /// <param name="relayer">Normal memory.</param>
    /// <param name="restricted">Restricted memory, and secure RAM for what devices work on.</param>
    /// <param name="ring">Rings the notification line.</param>
    /// <param name="screen">Where the display's screen is written, if it is.</param>
    internal DeviceModels(FirewallRules firewall, MemoryRelayer relayer, RestrictedMemory restricted, Action ring, Screen? screen = null)
    {
        _ring = ring;
        Cpu = new BusPort(BusMaster.NormalWorldCpu, firewall, relayer, restricted);
        MasterId[] present = [.. firewall.Static.Masters.Where(id => id.Kind == BusMasterKind.Device && All.ContainsKey(id.Name))];
        _devices = [.. present.Select((id, i) => All[id.Name](new DeviceParts(new BusPort(BusMaster.Device(id.Name), firewall, relayer, restricted), restricted.SecureRam, () => Raise(i)) { Screen = screen }))];
        Rows = [.. present.Select(id => firewall.Static.Masters.ToList().IndexOf(id))];
    }

    /// <summary>The normal world's CPUs as a bus master: by what they load and store beyond what they have mapped.</summary>
    internal BusPort Cpu { get; }

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
