using RestrictedTee.SmcTransport.Abi;

namespace RestrictedTee.SecureWorld.Devices;

/// <summary>What must be true of an image before a line of it is reached.</summary>
internal static class ImageLayout
{
    internal static bool IsWellFormed(in ImageDescriptor image) =>
        image is { Width: > 0 and <= DisplayDescriptor.MaxEdge, Height: > 0 and <= DisplayDescriptor.MaxEdge, Reserved: 0, Stride: <= BusPort.MaxBurst, ChromaStride: <= BusPort.MaxBurst }
        && image.Stride >= LineBytes(image)
        && (PixelFormat)image.Format switch
        {
            PixelFormat.Xrgb8888 or PixelFormat.Argb8888 => image.Lines.Offset % sizeof(uint) == 0 && image.Stride % sizeof(uint) == 0,
            PixelFormat.Nv12 => image.Width % 2 == 0 && image.Height % 2 == 0 && image.ChromaStride >= image.Width,
            _ => false,
        };

    /// <summary>Bytes of a line, which is of luma for NV12.</summary>
    internal static int LineBytes(in ImageDescriptor image) =>
        (PixelFormat)image.Format == PixelFormat.Nv12 ? (int)image.Width : (int)Math.Min(image.Width, DisplayDescriptor.MaxEdge) * sizeof(uint);

    internal static BusAddress Line(in ImageDescriptor image, uint line) => image.Lines.Plus((ulong)line * image.Stride);

    internal static BusAddress ChromaLine(in ImageDescriptor image, uint line) => image.Chroma.Plus((ulong)(line / 2) * image.ChromaStride);
}
