using RestrictedTee.NormalWorld.DmaBuf;
using RestrictedTee.NormalWorld.Driver;
using RestrictedTee.NormalWorld.Heaps;
using RestrictedTee.SmcTransport.Board;

namespace RestrictedTee.NormalWorld.Device;

/// <summary>What all opens of one TEE device share: the driver, the heaps, the descriptors of dma-bufs.</summary>
internal sealed class TeeDeviceHost(OpteeDriver driver, BoardFile board) : IDisposable
{
    internal OpteeDriver Driver => driver;

    internal DmaBufExports Exports { get; } = new();

    internal HeapDirectory Heaps { get; } = new(driver, board);

    public void Dispose()
    {
        Exports.Dispose();
        driver.Dispose();
        Heaps.Dispose();
    }
}
