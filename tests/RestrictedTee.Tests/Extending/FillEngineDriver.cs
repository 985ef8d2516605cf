using RestrictedTee.NormalWorld.DmaBuf.Devices;
using RestrictedTee.NormalWorld.Peripherals;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Abi;

namespace RestrictedTee.Tests.Extending;

/// <summary>The driver of the fill engine.</summary>
public sealed class FillEngineDriver : Peripheral
{
    internal FillEngineDriver(PeripheralParts parts)
        : base(parts, FillDescriptor.Size)
    {
    }

    /// <summary>Fills a part of a buffer.</summary>
    /// <exception cref="TeeDriverException">EINVAL: more than the buffer has. Of the buffer: EACCES, EOPNOTSUPP, EBUSY, ENODEV. EBUSY: it has as many jobs as it takes.</exception>
    public DmaJob Fill(DmaRegion region, ulong length, byte value) =>
        Submit([(region.Buffer, DmaDirection.FromDevice)], mapped => new FillDescriptor
        {
            Head = new DescriptorHead { Operation = 1 },
            Destination = mapped.AddressOf(region, length),
            Length = length,
            Value = value,
        });
}
