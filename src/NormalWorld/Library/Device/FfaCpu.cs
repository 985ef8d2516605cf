using RestrictedTee.NormalWorld.Driver;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Frames;

namespace RestrictedTee.NormalWorld.Device;

/// <summary>One CPU of the normal world, until it is disposed: calls on it are made one after the other.</summary>
public sealed class FfaCpu : IDisposable
{
    private readonly OpteeDriver _driver;
    private CallSlot? _slot;

    internal FfaCpu(OpteeDriver driver)
    {
        _driver = driver;
        _slot = driver.RentConduit();
        Number = _slot.Number;
    }

    /// <summary>Which CPU: the execution context of a partition that runs on it.</summary>
    public int Number { get; }

    /// <summary>Any call.</summary>
    /// <exception cref="TeeDriverException">ENODEV.</exception>
    public SmcFrame Call(SmcFrame frame)
    {
        CallSlot slot = _slot ?? throw new ObjectDisposedException(nameof(FfaCpu));
        _driver.Exchange(slot, ref frame);
        return frame;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _slot, null) is { } slot)
            _driver.ReturnConduit(slot);
    }
}
