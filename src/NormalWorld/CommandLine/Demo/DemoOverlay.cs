using System.Runtime.InteropServices;
using SkiaSharp;

namespace RestrictedTee.CommandLine.Demo;

/// <summary>The controls of a player, drawn by ordinary software into ordinary memory, clear where the video is to be seen.</summary>
internal static class DemoOverlay
{
    /// <summary>Draws ARGB8888, whose colours are not multiplied by alpha.</summary>
    internal static void Draw(Span<byte> pixels, int width, int height)
    {
        using var bitmap = new SKBitmap(new SKImageInfo(width, height, SKColorType.Bgra8888, SKAlphaType.Premul));
        using (var canvas = new SKCanvas(bitmap))
        {
            canvas.Clear(SKColors.Transparent);
            DrawControls(canvas, width, height);
        }

        Span<byte> plane = pixels[..(width * height * sizeof(uint))];
        ReadOnlySpan<uint> drawn = MemoryMarshal.Cast<byte, uint>(bitmap.GetPixelSpan());
        Span<uint> shown = MemoryMarshal.Cast<byte, uint>(plane);
        for (int i = 0; i < shown.Length; i++)
            shown[i] = (uint)SKPMColor.UnPreMultiply(new SKPMColor(drawn[i]));
    }

    private static void DrawControls(SKCanvas canvas, int width, int height)
    {
        float unit = height / 72f;
        var bar = new SKRect(4 * unit, height - (13 * unit), width - (4 * unit), height - (4 * unit));
        using var panel = new SKPaint { IsAntialias = true, Color = new SKColor(0x10, 0x12, 0x1C, 0xB0) };
        canvas.DrawRoundRect(bar, 2.5f * unit, 2.5f * unit, panel);
        using var light = new SKPaint { IsAntialias = true, Color = new SKColor(0xF4, 0xF4, 0xF8) };
        canvas.DrawRoundRect(new SKRect(bar.Left + (3.2f * unit), bar.Top + (2.6f * unit), bar.Left + (4.6f * unit), bar.Bottom - (2.6f * unit)), 0.4f * unit, 0.4f * unit, light);
        canvas.DrawRoundRect(new SKRect(bar.Left + (5.8f * unit), bar.Top + (2.6f * unit), bar.Left + (7.2f * unit), bar.Bottom - (2.6f * unit)), 0.4f * unit, 0.4f * unit, light);
        DrawProgress(canvas, bar, unit);
        DrawPadlock(canvas, width - (9 * unit), 5 * unit, unit);
    }

    private static void DrawProgress(SKCanvas canvas, SKRect bar, float unit)
    {
        (float left, float right, float middle) = (bar.Left + (11 * unit), bar.Right - (4 * unit), bar.MidY);
        float played = left + ((right - left) * 0.38f);
        using var track = new SKPaint { IsAntialias = true, Color = new SKColor(0xFF, 0xFF, 0xFF, 0x50) };
        using var accent = new SKPaint { IsAntialias = true, Color = new SKColor(0xFF, 0xB0, 0x50) };
        canvas.DrawRoundRect(new SKRect(left, middle - (0.45f * unit), right, middle + (0.45f * unit)), 0.45f * unit, 0.45f * unit, track);
        canvas.DrawRoundRect(new SKRect(left, middle - (0.45f * unit), played, middle + (0.45f * unit)), 0.45f * unit, 0.45f * unit, accent);
        canvas.DrawCircle(played, middle, 1.3f * unit, accent);
    }

    /// <summary>What players show for content that is protected.</summary>
    private static void DrawPadlock(SKCanvas canvas, float x, float y, float unit)
    {
        using var badge = new SKPaint { IsAntialias = true, Color = new SKColor(0x10, 0x12, 0x1C, 0xB0) };
        canvas.DrawRoundRect(new SKRect(x - (2 * unit), y - (2 * unit), x + (6 * unit), y + (6.5f * unit)), 1.6f * unit, 1.6f * unit, badge);
        using var shackle = new SKPaint { IsAntialias = true, Style = SKPaintStyle.Stroke, StrokeWidth = 0.7f * unit, Color = new SKColor(0xF4, 0xF4, 0xF8) };
        canvas.DrawArc(new SKRect(x + (0.5f * unit), y - (0.6f * unit), x + (3.5f * unit), y + (3.4f * unit)), 180, 180, false, shackle);
        using var body = new SKPaint { IsAntialias = true, Color = new SKColor(0xF4, 0xF4, 0xF8) };
        canvas.DrawRoundRect(new SKRect(x - (0.2f * unit), y + (1.6f * unit), x + (4.2f * unit), y + (5 * unit)), 0.6f * unit, 0.6f * unit, body);
    }
}
