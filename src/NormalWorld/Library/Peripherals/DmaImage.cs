using RestrictedTee.NormalWorld.DmaBuf;
using RestrictedTee.SmcTransport.Abi;

namespace RestrictedTee.NormalWorld.Peripherals;

/// <summary>An image in a buffer, its lines without gaps and, of NV12, the chroma right behind the luma.</summary>
/// <param name="Buffer">The buffer.</param>
/// <param name="Format">How pixels lie.</param>
/// <param name="Width">Pixels of a line; even for NV12.</param>
/// <param name="Height">Lines; even for NV12.</param>
public sealed record DmaImage(DmaBufHandle Buffer, PixelFormat Format, int Width, int Height)
{
    /// <summary>Bytes into the buffer.</summary>
    public ulong Offset { get; init; }

    /// <summary>How many bytes an image of that format takes.</summary>
    public static ulong SizeOf(PixelFormat format, int width, int height) =>
        format == PixelFormat.Nv12 ? (ulong)width * (ulong)height * 3 / 2 : (ulong)width * (ulong)height * sizeof(uint);

    internal ImageDescriptor Describe(DmaUses mapped)
    {
        bool isNv12 = Format == PixelFormat.Nv12;
        return new ImageDescriptor
        {
            Format = (uint)Format,
            Width = (uint)Width,
            Height = (uint)Height,
            Stride = (uint)(isNv12 ? Width : Width * sizeof(uint)),
            ChromaStride = isNv12 ? (uint)Width : 0,
            Lines = mapped.AddressOf(new DmaRegion(Buffer, Offset)),
            Chroma = isNv12 ? mapped.AddressOf(new DmaRegion(Buffer, Offset + ((ulong)Width * (ulong)Height))) : default,
        };
    }
}
