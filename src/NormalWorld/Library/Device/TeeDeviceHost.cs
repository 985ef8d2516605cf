using System.Collections.Concurrent;
using RestrictedTee.NormalWorld.Allocators;
using RestrictedTee.NormalWorld.DmaBuf;
using RestrictedTee.NormalWorld.Driver;
using RestrictedTee.NormalWorld.Heaps;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Board;

namespace RestrictedTee.NormalWorld.Device;

/// <summary>What all opens of one TEE device share: the driver, the heaps, the descriptors of dma-bufs.</summary>
internal sealed class TeeDeviceHost : IDisposable
{
    /// <param name="driver">The driver.</param>
    /// <param name="board">The board.</param>
    /// <param name="gate">Who is asked before a device gets at a buffer; the rights of the board's rows decide when nobody is.</param>
    internal TeeDeviceHost(OpteeDriver driver, BoardFile board, IAccessGate? gate = null)
    {
        Driver = driver;
        Heaps = new HeapDirectory(driver, board, gate ?? RowGate.Instance);
        Allocators = new CentralAllocator(Heaps, gate ?? RowGate.Instance);
    }

    internal OpteeDriver Driver { get; }

    /// <summary>Every open of the device.</summary>
    internal ConcurrentDictionary<TeeDevice, byte> Devices { get; } = new();

    /// <summary>What is under way in the TEE, the oldest first.</summary>
    internal CallInfo[] Calls => [.. Devices.Keys.SelectMany(device => device.Calls).OrderByDescending(call => call.Milliseconds)];

    /// <summary>Cancels whatever runs in a session, whoever's it is.</summary>
    /// <exception cref="TeeDriverException">ENOENT: nothing does.</exception>
    internal void Cancel(uint session)
    {
        if (!Devices.Keys.Any(device => device.TryCancelAll(session)))
            throw new TeeDriverException(Errno.ENOENT, $"No call is under way in session {session:x8}.");
    }

    internal DmaBufExports Exports { get; } = new();

    internal HeapDirectory Heaps { get; }

    internal CentralAllocator Allocators { get; }

    internal bool Owns(DmaBufObject buffer) => Heaps.Owns(buffer) || Allocators.Owns(buffer, out _);

    public void Dispose()
    {
        Exports.Dispose();
        Driver.Dispose();
        Heaps.Dispose();
    }
}
