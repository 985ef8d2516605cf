using RestrictedTee.NormalWorld.DmaBuf;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Abi;

namespace RestrictedTee.NormalWorld.Peripherals;

/// <summary>An image in a buffer, its lines without gaps and, of NV12, the chroma right behind the luma.</summary>
/// <param name="Buffer">The buffer.</param>
/// <param name="Format">How pixels lie.</param>
/// <param name="Width">Pixels of a line; even for NV12.</param>
/// <param name="Height">Lines; even for NV12.</param>
public sealed record DmaImage(DmaBufHandle Buffer, PixelFormat Format, int Width, int Height)
{
    private const int MaxEdge = (int)DisplayDescriptor.MaxEdge;

    /// <summary>Bytes into the buffer.</summary>
    public ulong Offset { get; init; }

    /// <summary>How many bytes an image of that format takes.</summary>
    public static ulong SizeOf(PixelFormat format, int width, int height) =>
        format == PixelFormat.Nv12 ? (ulong)width * (ulong)height * 3 / 2 : (ulong)width * (ulong)height * sizeof(uint);

    /// <exception cref="TeeDriverException">EINVAL: no such image, or more than the buffer has.</exception>
    internal ImageDescriptor Describe(DmaUses mapped)
    {
        if (Width is <= 0 or > MaxEdge || Height is <= 0 or > MaxEdge)
            throw new TeeDriverException(Errno.EINVAL, $"An image of {Width}x{Height}; its edges are 1 to {MaxEdge}.");
        bool isNv12 = Format == PixelFormat.Nv12;
        if (isNv12 && ((Width | Height) & 1) != 0)
            throw new TeeDriverException(Errno.EINVAL, $"An NV12 image of {Width}x{Height}; two pixels by two have one chroma, so both are even.");
        ulong lines = (ulong)Width * (ulong)Height * (isNv12 ? 1UL : sizeof(uint));
        return new ImageDescriptor
        {
            Format = (uint)Format,
            Width = (uint)Width,
            Height = (uint)Height,
            Stride = (uint)(isNv12 ? Width : Width * sizeof(uint)),
            ChromaStride = isNv12 ? (uint)Width : 0,
            Lines = mapped.AddressOf(new DmaRegion(Buffer, Offset), lines),
            Chroma = isNv12 ? mapped.AddressOf(new DmaRegion(Buffer, Offset + lines), lines / 2) : default,
        };
    }
}
