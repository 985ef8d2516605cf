using System.Diagnostics.CodeAnalysis;
using RestrictedTee.NormalWorld.DmaBuf.Devices;
using RestrictedTee.NormalWorld.Driver;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Board;
using Serilog;

namespace RestrictedTee.NormalWorld.Peripherals;

/// <summary>The drivers of the board's devices: those of which the secure world has models.</summary>
public sealed class BoardPeripherals : IDisposable
{
    /// <summary>The drivers of this build, by the name of the bus master: one file and one line each.</summary>
    private static readonly Dictionary<string, Func<PeripheralParts, Peripheral>> Known = new(StringComparer.Ordinal)
    {
        [BusMasterNames.DisplayController] = parts => new DisplayController(parts),
        [BusMasterNames.Camera] = parts => new Camera(parts),
        [BusMasterNames.TouchController] = parts => new TouchController(parts),
        [BusMasterNames.CryptoEngine] = parts => new CryptoEngine(parts),
    };

    private readonly OpteeDriver _driver;
    private readonly SipBus _bus;
    private readonly BottomHalf _work = new("devices' bottom half");
    private readonly Peripheral?[] _drivers;

    /// <exception cref="TeeDriverException">ENODEV.</exception>
    internal BoardPeripherals(OpteeDriver driver, BoardDevices devices)
    {
        (_driver, _bus, Devices) = (driver, new SipBus(driver), devices);
        Cpu = new CpuBus(_bus, driver.Shm);
        _drivers = [.. Enumerable.Range(0, _bus.DeviceCount).Select(index => Bind(index, driver, devices))];
        driver.Gone += OnGone;
        driver.Rung += OnRung;
        if (driver.IsGone)
            OnGone();
    }

    /// <summary>The devices of the board, those without a model too.</summary>
    public BoardDevices Devices { get; }

    /// <summary>What a CPU loads and stores at physical addresses.</summary>
    public CpuBus Cpu { get; }

    /// <summary>The crypto engine.</summary>
    /// <exception cref="TeeDriverException">ENODEV: the board has none.</exception>
    public CryptoEngine CryptoEngine => Find<CryptoEngine>(BusMasterNames.CryptoEngine);

    /// <summary>The display controller.</summary>
    /// <exception cref="TeeDriverException">ENODEV: the board has none.</exception>
    public DisplayController Display => Find<DisplayController>(BusMasterNames.DisplayController);

    /// <summary>The camera.</summary>
    /// <exception cref="TeeDriverException">ENODEV: the board has none.</exception>
    public Camera Camera => Find<Camera>(BusMasterNames.Camera);

    /// <summary>The touch controller.</summary>
    /// <exception cref="TeeDriverException">ENODEV: the board has none.</exception>
    public TouchController Touch => Find<TouchController>(BusMasterNames.TouchController);

    /// <summary>The driver of a device by the board's name for it, a vendor's own among them.</summary>
    /// <typeparam name="T">The class of the driver.</typeparam>
    /// <exception cref="TeeDriverException">ENODEV: the board has no such device, this build no model or no driver of it, or the driver is no <typeparamref name="T"/>.</exception>
    public T Find<T>(string name)
        where T : Peripheral
    {
        _ = Devices.Named(name);
        return Array.Find(_drivers, driver => driver?.Device.Name == name) switch
        {
            T found => found,
            { } other => throw new TeeDriverException(Errno.ENODEV, $"The driver of {name} is {other.GetType().Name}, and no {typeof(T).Name}."),
            null => throw new TeeDriverException(Errno.ENODEV, $"The board has {name}, and this build no model of it, or no driver: buffers can be attached to it, and it does nothing with them."),
        };
    }

    /// <summary>Whether the board has a device of that name, and this build its driver.</summary>
    public bool Has(string name) => Array.Exists(_drivers, driver => driver?.Device.Name == name);

    /// <summary>Lets go of the driver. Jobs that are under way fail.</summary>
    public void Dispose()
    {
        _driver.Rung -= OnRung;
        _driver.Gone -= OnGone;
        OnGone();
        _work.Dispose();
    }


    private Peripheral? Bind(int index, OpteeDriver driver, BoardDevices devices) =>
        devices.AtRow(_bus.RowOf(index)) is { } device && Known.TryGetValue(device.Name, out Func<PeripheralParts, Peripheral>? make)
            ? make(new PeripheralParts(index, device, devices, _bus, driver.Shm, _work))
            : null;

    /// <summary>A border: it runs on the thread that takes interrupts.</summary>
    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "A device's handler must not take the interrupts of the others along.")]
    private void OnRung()
    {
        try
        {
            ulong pending = _bus.TakeInterrupts();
            for (int i = 0; pending != 0 && i < _drivers.Length; i++, pending >>= 1)
            {
                if ((pending & 1) != 0)
                    _drivers[i]?.OnInterrupt();
            }
        }
        catch (Exception e)
        {
            Log.Warning("An interrupt of a device could not be served: {Type}: {Reason}", e.GetType().Name, e.Message);
        }
    }

    private void OnGone()
    {
        foreach (Peripheral? driver in _drivers)
            driver?.OnGone();
    }
}
