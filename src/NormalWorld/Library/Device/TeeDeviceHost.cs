using System.Collections.Concurrent;
using RestrictedTee.NormalWorld.DmaBuf;
using RestrictedTee.NormalWorld.Driver;
using RestrictedTee.NormalWorld.Heaps;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Board;

namespace RestrictedTee.NormalWorld.Device;

/// <summary>What all opens of one TEE device share: the driver, the heaps, the descriptors of dma-bufs.</summary>
internal sealed class TeeDeviceHost(OpteeDriver driver, BoardFile board, IReadOnlyList<CarveOut>? carveOuts = null, IAccessGate? gate = null) : IDisposable
{
    internal OpteeDriver Driver => driver;

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

    internal HeapDirectory Heaps { get; } = new(driver, new HeapSources(board, carveOuts ?? []), gate ?? RowGate.Instance);

    public void Dispose()
    {
        Exports.Dispose();
        driver.Dispose();
        Heaps.Dispose();
    }
}
