using System.Collections.Concurrent;
using RestrictedTee.NormalWorld.Allocators;
using RestrictedTee.NormalWorld.DmaBuf;
using RestrictedTee.NormalWorld.DmaBuf.Devices;
using RestrictedTee.NormalWorld.Driver;
using RestrictedTee.NormalWorld.Heaps;
using RestrictedTee.NormalWorld.Peripherals;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Board;

namespace RestrictedTee.NormalWorld.Device;

/// <summary>What all opens of one TEE device share: the driver, the heaps, the descriptors of dma-bufs.</summary>
internal sealed class TeeDeviceHost : IDisposable
{
    private readonly Lazy<BoardPeripherals> _peripherals;

    /// <param name="driver">The driver.</param>
    /// <param name="board">The board.</param>
    /// <param name="gate">Who is asked before a device gets at a buffer; the TEE when nobody else is named.</param>
    internal TeeDeviceHost(OpteeDriver driver, BoardFile board, IAccessGate? gate = null)
    {
        Driver = driver;
        Devices = new BoardDevices(board);
        Heaps = new HeapDirectory(driver, board, Devices, gate);
        Allocators = new CentralAllocator(Heaps);
        _peripherals = new Lazy<BoardPeripherals>(() => new BoardPeripherals(driver, Devices));
    }

    internal OpteeDriver Driver { get; }

    /// <summary>Every open of the device.</summary>
    internal ConcurrentDictionary<TeeDevice, byte> Opens { get; } = new();

    /// <summary>The board's devices as importers of buffers.</summary>
    internal BoardDevices Devices { get; }

    /// <summary>What is under way in the TEE, the oldest first.</summary>
    internal CallInfo[] Calls => [.. Opens.Keys.SelectMany(device => device.Calls).OrderByDescending(call => call.Milliseconds)];

    /// <summary>Cancels whatever runs in a session, whoever's it is.</summary>
    /// <exception cref="TeeDriverException">ENOENT: nothing does.</exception>
    internal void Cancel(uint session)
    {
        if (!Opens.Keys.Any(device => device.TryCancelAll(session)))
            throw new TeeDriverException(Errno.ENOENT, $"No call is under way in session {session:x8}.");
    }

    internal DmaBufExports Exports { get; } = new();

    internal HeapDirectory Heaps { get; }

    /// <summary>The drivers of the board's devices; bound when they are first asked for.</summary>
    /// <exception cref="TeeDriverException">ENODEV: the secure world has gone.</exception>
    internal BoardPeripherals Peripherals => _peripherals.Value;

    internal CentralAllocator Allocators { get; }

    internal bool Owns(DmaBufObject buffer) => Heaps.Owns(buffer) || Allocators.Owns(buffer, out _);

    public void Dispose()
    {
        if (_peripherals.IsValueCreated)
            _peripherals.Value.Dispose();
        Exports.Dispose();
        Driver.Dispose();
        Heaps.Dispose();
    }
}
