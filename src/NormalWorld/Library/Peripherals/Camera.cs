using RestrictedTee.NormalWorld.DmaBuf.Devices;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Abi;

namespace RestrictedTee.NormalWorld.Peripherals;

/// <summary>The driver of the camera.</summary>
public sealed class Camera : Peripheral
{
    private const uint CaptureFrame = 1;

    internal Camera(PeripheralParts parts)
        : base(parts, CameraDescriptor.Size)
    {
    }

    /// <summary>Writes a frame of the test pattern into a buffer.</summary>
    /// <param name="image">Where to: NV12.</param>
    /// <param name="frame">Which frame.</param>
    /// <param name="consumers">Who may consume it.</param>
    /// <exception cref="TeeDriverException">Of the buffer: EACCES, EOPNOTSUPP, EBUSY, ENODEV. EBUSY: it has as many jobs as it takes.</exception>
    public DmaJob Capture(DmaImage image, ulong frame, IReadOnlyList<DmaDevice> consumers)
    {
        ulong rows = RowsOf(consumers);
        return Submit([(image.Buffer, DmaDirection.FromDevice)], mapped => new CameraDescriptor
        {
            Head = new DescriptorHead { Operation = CaptureFrame },
            Image = image.Describe(mapped),
            Frame = frame,
            Consumers = rows,
        });
    }
}
