using Microsoft.Win32.SafeHandles;
using RestrictedTee.SecureWorld.Interop;
using SkiaSharp;

namespace RestrictedTee.SecureWorld.Screens;

/// <summary>
/// PNG (ISO/IEC 15948) by Skia. No other class knows that library, so it is loaded with the first picture. It reads the pixels where they
/// lie and hands its output over in native memory, so no byte comes to the managed heap; what it may leave is in its own native buffers:
/// a few lines, and the window of its compressor.
/// </summary>
internal static class PngEncoding
{
    /// <summary>A third of the time of all filters and the best compression, for a file half as large again.</summary>
    private static readonly SKPngEncoderOptions Options = new(SKPngEncoderFilterFlags.Sub, zLibLevel: 3);

    /// <exception cref="IOException">It cannot be written.</exception>
    internal static void Encode(ScreenFrame frame, SafeFileHandle to)
    {
        // Little-endian XRGB8888 is blue, green, red, and a byte without meaning.
        var info = new SKImageInfo(frame.Width, frame.Height, SKColorType.Bgra8888, SKAlphaType.Opaque);
        using var pixels = new SKPixmap(info, frame.Address, info.RowBytes);
        using var sink = new Sink(to);
        if (!pixels.Encode(sink, Options))
            throw sink.Failure ?? new IOException("The picture cannot be encoded.");
    }

    /// <summary>Writes from native memory to a descriptor.</summary>
    private sealed class Sink(SafeFileHandle to) : SKAbstractManagedWStream
    {
        private nint _written;

        internal IOException? Failure { get; private set; }

        protected override bool OnWrite(nint buffer, nint size)
        {
            for (nint done = 0; done < size;)
            {
                nint count = Libc.Write(to, buffer + done, (nuint)(size - done));
                if (count <= 0)
                {
                    Failure = Libc.Failed("write");
                    return false;
                }

                done += count;
            }

            _written += size;
            return true;
        }

        protected override void OnFlush()
        {
        }

        protected override nint OnBytesWritten() => _written;
    }
}
