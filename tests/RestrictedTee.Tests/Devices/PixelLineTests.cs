using System.Runtime.InteropServices;
using RestrictedTee.SecureWorld.Devices;

namespace RestrictedTee.Tests.Devices;

/// <summary>Lines of pixels beside what a pixel alone gives, which is computed here as the formats' definitions have it.</summary>
public sealed class PixelLineTests
{
    private const uint Untouched = 0x1234_5678;

    public static TheoryData<int> Widths => [1, 2, 3, 7, 8, 9, 15, 16, 17, 23, 24, 31, 32, 33, 63, 64, 65, 1919, 1920];

    [Theory]
    [MemberData(nameof(Widths))]
    public void A_line_is_blended_as_each_pixel_of_it_is(int width)
    {
        var random = new Random(width);
        foreach (byte alpha in (byte[])[0, 1, 127, 128, 254, 255])
        {
            foreach (bool hasAlpha in (bool[])[false, true])
            {
                uint[] over = Pixels(random, width), under = Pixels(random, width + 1);
                under[width] = Untouched;
                uint[] expected = [.. over.Zip(under, (upper, lower) => Blended(upper, lower, alpha, hasAlpha)), Untouched];

                PixelLines.Blend(over, alpha, hasAlpha, under.AsSpan(0, width));

                Assert.Equal(expected, under);
            }
        }
    }

    [Fact]
    public void Every_pair_of_values_is_blended_exactly_with_every_alpha()
    {
        uint[] over = new uint[256 * 256], under = new uint[256 * 256];
        for (int alpha = 0; alpha < 256; alpha++)
        {
            for (uint i = 0; i < over.Length; i++)
                (over[i], under[i]) = ((uint)alpha << 24 | (i & 255) << 16 | (i >> 8), (i >> 8) << 16 | (i & 255) << 8 | (i & 255));
            uint[] expected = [.. over.Zip(under, (upper, lower) => Blended(upper, lower, 255, hasAlpha: true))];

            PixelLines.Blend(over, 255, hasAlpha: true, under);

            Assert.True(expected.AsSpan().SequenceEqual(under), $"alpha {alpha}");
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void A_line_of_NV12_is_converted_as_each_pixel_of_it_is(int width)
    {
        if (width % 2 != 0)
            return;
        var random = new Random(width);
        byte[] luma = new byte[width + 1], chroma = new byte[width + 1];
        random.NextBytes(luma);
        random.NextBytes(chroma);
        uint[] to = [.. Enumerable.Repeat(Untouched, width + 1)];

        PixelLines.FromNv12(luma, chroma, to.AsSpan(0, width));

        Assert.Equal([.. Enumerable.Range(0, width).Select(x => Rgb(luma[x], chroma[x & ~1], chroma[x | 1])), Untouched], to);
    }

    [Fact]
    public void Every_value_of_NV12_is_converted_exactly_those_beyond_the_limited_range_too()
    {
        byte[] luma = [.. Enumerable.Range(0, 256).Select(y => (byte)y)], chroma = new byte[256];
        uint[] to = new uint[256];
        for (int pair = 0; pair < 256 * 256; pair++)
        {
            (byte blue, byte red) = ((byte)(pair & 255), (byte)(pair >> 8));
            MemoryMarshal.Cast<byte, ushort>(chroma.AsSpan()).Fill((ushort)pair);

            PixelLines.FromNv12(luma, chroma, to);

            for (int y = 0; y < 256; y++)
            {
                if (to[y] != Rgb((byte)y, blue, red))
                    Assert.Fail($"y {y}, blue {blue}, red {red}: 0x{to[y]:x8}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void The_sum_of_a_line_is_CRC_32C_of_its_bytes(int width)
    {
        uint[] pixels = Pixels(new Random(width), width);
        uint expected = uint.MaxValue;
        foreach (byte b in MemoryMarshal.AsBytes(pixels.AsSpan()))
        {
            expected ^= b;
            for (int i = 0; i < 8; i++)
                expected = (expected & 1) != 0 ? (expected >> 1) ^ 0x82F6_3B78 : expected >> 1;
        }

        Assert.Equal(expected, PixelSum.Add(PixelSum.Start, pixels));
    }

    private static uint[] Pixels(Random random, int count)
    {
        uint[] pixels = new uint[count];
        random.NextBytes(MemoryMarshal.AsBytes(pixels.AsSpan()));
        for (int i = 0; i < count; i += 3)
            pixels[i] = i % 2 == 0 ? pixels[i] & 0x00FF_FFFF : pixels[i] | 0xFF00_0000; // the limits of alpha among others
        return pixels;
    }

    private static uint Blended(uint over, uint under, byte alpha, bool hasAlpha)
    {
        if (!hasAlpha && alpha == 255)
            return over;
        uint opacity = hasAlpha ? Divided(alpha * (over >> 24)) : alpha;
        uint blended = 0xFF00_0000;
        for (int shift = 0; shift < 24; shift += 8)
            blended |= Divided((((over >> shift) & 255) * opacity) + (((under >> shift) & 255) * (255 - opacity))) << shift;
        return blended;
    }

    /// <summary>Divided by 255 and rounded; no product of two bytes lies in the middle between two results.</summary>
    private static uint Divided(uint product) => ((2 * product) + 255) / 510;

    private static uint Rgb(byte luma, byte blue, byte red)
    {
        int c = 298 * (luma - 16), d = blue - 128, e = red - 128;
        static uint Clamp(int value) => (uint)Math.Clamp((value + 128) >> 8, 0, 255);
        return 0xFF00_0000 | (Clamp(c + (409 * e)) << 16) | (Clamp(c - (100 * d) - (208 * e)) << 8) | Clamp(c + (516 * d));
    }
}
