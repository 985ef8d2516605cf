using RestrictedTee.NormalWorld.DmaBuf.Devices;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Abi;

namespace RestrictedTee.NormalWorld.Peripherals;

/// <summary>A plane of a frame.</summary>
/// <param name="Image">What it shows.</param>
/// <param name="X">Where its left edge is on the screen.</param>
/// <param name="Y">Where its upper edge is.</param>
/// <param name="Alpha">How opaque it is, beside the alpha of its pixels.</param>
public sealed record DisplayPlane(DmaImage Image, int X = 0, int Y = 0, byte Alpha = byte.MaxValue);

/// <summary>A frame to scan out.</summary>
/// <param name="Width">Pixels of a line of the screen.</param>
/// <param name="Height">Lines of the screen.</param>
/// <param name="Planes">Its planes, the first one behind; <see cref="DisplayPlanes.Count"/> at most.</param>
public sealed record DisplayFrame(int Width, int Height, IReadOnlyList<DisplayPlane> Planes)
{
    /// <summary>A region of which the secure world keeps a check sum of its own; empty for none.</summary>
    public (int X, int Y, int Width, int Height) Region { get; init; }
}

/// <summary>The driver of the display controller.</summary>
public sealed class DisplayController : Peripheral
{
    private const uint ScanOut = 1;

    internal DisplayController(PeripheralParts parts)
        : base(parts, DisplayDescriptor.Size)
    {
    }

    /// <summary>How many frames were scanned out.</summary>
    /// <exception cref="TeeDriverException">ENODEV.</exception>
    public long Frames => (long)Math.Min(Read(DisplayRegisters.Frames), long.MaxValue);

    /// <summary>CRC-32C of the frame that was scanned out last; null when a plane of it was restricted, which the secure world alone may know.</summary>
    /// <exception cref="TeeDriverException">ENODEV.</exception>
    public uint? Crc => ReadIfThere(DisplayRegisters.Crc) is { } crc ? unchecked((uint)crc) : null;

    /// <summary>Scans a frame out.</summary>
    /// <exception cref="TeeDriverException">EINVAL: too many planes, a place or size below 0, more than a buffer has. Of the buffers: EACCES, EOPNOTSUPP, EBUSY, ENODEV. EBUSY: it has as many jobs as it takes.</exception>
    public DmaJob Show(DisplayFrame frame)
    {
        if (frame.Planes.Count > DisplayPlanes.Count)
            throw new TeeDriverException(Errno.EINVAL, $"The display has {DisplayPlanes.Count} planes, not {frame.Planes.Count}.");
        (int x, int y, int width, int height) = frame.Region;
        if (int.Min(int.Min(frame.Width, frame.Height), int.Min(int.Min(x, y), int.Min(width, height))) < 0 || frame.Planes.Any(plane => int.Min(plane.X, plane.Y) < 0))
            throw new TeeDriverException(Errno.EINVAL, "Nothing of a frame has a negative place or size.");
        return Submit(frame.Planes.Select(plane => (plane.Image.Buffer, DmaDirection.ToDevice)), mapped =>
        {
            var descriptor = new DisplayDescriptor
            {
                Head = new DescriptorHead { Operation = ScanOut },
                Width = (uint)frame.Width,
                Height = (uint)frame.Height,
                RegionX = (uint)frame.Region.X,
                RegionY = (uint)frame.Region.Y,
                RegionWidth = (uint)frame.Region.Width,
                RegionHeight = (uint)frame.Region.Height,
            };
            for (int i = 0; i < frame.Planes.Count; i++)
            {
                DisplayPlane plane = frame.Planes[i];
                descriptor.Planes[i] = new PlaneDescriptor { Image = plane.Image.Describe(mapped), X = (uint)plane.X, Y = (uint)plane.Y, Alpha = plane.Alpha };
            }

            return descriptor;
        });
    }
}
