using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RestrictedTee.SecureWorld.Devices;

/// <summary>CRC-32C (RFC 3720, appendix B.4) of pixels that come line by line.</summary>
internal static class PixelSum
{
    /// <summary>What to begin with; the sum is the complement of what the last line gives.</summary>
    internal const uint Start = uint.MaxValue;

    /// <summary>Goes on over a line. Compiled once and well, as <see cref="PixelLines"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static uint Add(uint sum, ReadOnlySpan<uint> pixels)
    {
        foreach (ulong pair in MemoryMarshal.Cast<uint, ulong>(pixels))
            sum = BitOperations.Crc32C(sum, pair);
        return pixels.Length % 2 == 0 ? sum : BitOperations.Crc32C(sum, pixels[^1]);
    }
}
