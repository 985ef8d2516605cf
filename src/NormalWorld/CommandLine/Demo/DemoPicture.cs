using RestrictedTee.NormalWorld.Peripherals;
using RestrictedTee.SmcTransport.Abi;
using SkiaSharp;

namespace RestrictedTee.CommandLine.Demo;

/// <summary>The picture, as the provider of content has it before it is encrypted: mountains at dusk.</summary>
internal static class DemoPicture
{
    private static readonly (float Height, SKColor Colour)[] Ranges =
    [
        (0.48f, new SKColor(0x5B, 0x4B, 0x8A)),
        (0.60f, new SKColor(0x3C, 0x2F, 0x63)),
        (0.74f, new SKColor(0x22, 0x1B, 0x3F)),
    ];

    /// <summary>The picture as NV12.</summary>
    internal static byte[] DrawNv12(int width, int height)
    {
        using var bitmap = new SKBitmap(new SKImageInfo(width, height, SKColorType.Bgra8888, SKAlphaType.Opaque));
        using (var canvas = new SKCanvas(bitmap))
            Draw(canvas, width, height);
        return ToNv12(bitmap.GetPixelSpan(), width, height);
    }

    private static void Draw(SKCanvas canvas, int width, int height)
    {
        using var sky = new SKPaint
        {
            Shader = SKShader.CreateLinearGradient(
                new SKPoint(0, 0), new SKPoint(0, height * 0.75f),
                [new SKColor(0x1B, 0x26, 0x4F), new SKColor(0x7A, 0x3E, 0x7E), new SKColor(0xF2, 0x8C, 0x5A), new SKColor(0xFF, 0xD3, 0x8A)],
                [0f, 0.45f, 0.8f, 1f], SKShaderTileMode.Clamp),
        };
        canvas.DrawRect(0, 0, width, height, sky);
        var sun = new SKPoint(width * 0.68f, height * 0.46f);
        using var glow = new SKPaint
        {
            IsAntialias = true,
            Shader = SKShader.CreateRadialGradient(sun, height * 0.38f, [new SKColor(0xFF, 0xF0, 0xC0, 0xC0), new SKColor(0xFF, 0xC0, 0x70, 0)], SKShaderTileMode.Clamp),
        };
        canvas.DrawCircle(sun, height * 0.38f, glow);
        using var disc = new SKPaint { IsAntialias = true, Color = new SKColor(0xFF, 0xF3, 0xD0) };
        canvas.DrawCircle(sun, height * 0.075f, disc);
        for (int i = 0; i < Ranges.Length; i++)
            DrawRange(canvas, width, height, i);
    }

    private static void DrawRange(SKCanvas canvas, int width, int height, int range)
    {
        (float top, SKColor colour) = Ranges[range];
        using var path = new SKPathBuilder();
        path.MoveTo(0, height);
        for (int x = 0; x <= width; x += 8)
        {
            double at = (double)x / width;
            double ridge = (Math.Sin((at * 9) + (range * 2.1)) * 0.05) + (Math.Sin((at * 23) + range) * 0.022) + (Math.Sin((at * 61) + (range * 5)) * 0.008);
            path.LineTo(x, (float)(height * (top - ridge)));
        }

        path.LineTo(width, height);
        path.Close();
        using SKPath shape = path.Detach();
        using var paint = new SKPaint { IsAntialias = true, Color = colour };
        canvas.DrawPath(shape, paint);
    }

    /// <summary>BT.601 in the limited range, chroma of each two by two pixels from the first of them (ITU-R BT.601-7 section 2.5).</summary>
    private static byte[] ToNv12(ReadOnlySpan<byte> bgra, int width, int height)
    {
        byte[] nv12 = new byte[DmaImage.SizeOf(PixelFormat.Nv12, width, height)];
        Span<byte> luma = nv12.AsSpan(0, width * height), chroma = nv12.AsSpan(width * height);
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                int at = ((y * width) + x) * sizeof(uint);
                (int b, int g, int r) = (bgra[at], bgra[at + 1], bgra[at + 2]);
                luma[(y * width) + x] = (byte)((((66 * r) + (129 * g) + (25 * b) + 128) >> 8) + 16);
                if (((x | y) & 1) != 0)
                    continue;
                int pair = (y / 2 * width) + x;
                chroma[pair] = (byte)((((-38 * r) - (74 * g) + (112 * b) + 128) >> 8) + 128);
                chroma[pair + 1] = (byte)((((112 * r) - (94 * g) - (18 * b) + 128) >> 8) + 128);
            }
        }

        return nv12;
    }
}
