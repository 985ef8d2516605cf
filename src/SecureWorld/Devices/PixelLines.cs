using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace RestrictedTee.SecureWorld.Devices;

/// <summary>Lines of pixels: conversion to XRGB8888 and blending, sixteen and eight pixels at a time.</summary>
/// <remarks>
/// Compiled once and well, with all of its parts in it: code in vectors is not in the precompiled image, and what the compiler makes of it
/// before it is warm takes longer for a frame than a display has.
/// </remarks>
internal static class PixelLines
{
    private const uint Opaque = 0xFF00_0000;

    /// <summary>The byte of alpha of a pixel, for each of its four.</summary>
    private static Vector256<byte> AlphaOfEach => Vector256.Create(
        (byte)3, 3, 3, 3, 7, 7, 7, 7, 11, 11, 11, 11, 15, 15, 15, 15, 19, 19, 19, 19, 23, 23, 23, 23, 27, 27, 27, 27, 31, 31, 31, 31);

    /// <summary>Converts a line of NV12 (ITU-R BT.601, limited range, in 8-bit fixed point).</summary>
    /// <param name="luma">A byte a pixel.</param>
    /// <param name="chroma">Blue and red, a pair for two pixels.</param>
    /// <param name="to">As many pixels as luma; an even number.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void FromNv12(ReadOnlySpan<byte> luma, ReadOnlySpan<byte> chroma, Span<uint> to)
    {
        ReadOnlySpan<Vector128<ushort>> lumas = MemoryMarshal.Cast<byte, Vector128<ushort>>(luma[..to.Length]);
        ReadOnlySpan<Vector128<ushort>> chromas = MemoryMarshal.Cast<byte, Vector128<ushort>>(chroma[..to.Length]);
        Span<Vector256<ulong>> pairs = MemoryMarshal.Cast<uint, Vector256<ulong>>(to);
        for (int i = 0; i < lumas.Length && i < chromas.Length && (2 * i) + 1 < pairs.Length; i++)
        {
            (Vector256<uint> left, Vector256<uint> right) = ToRgb(Widen(lumas[i]), Widen(chromas[i]));
            pairs[2 * i] = Vector256.WidenLower(left) | (Vector256.WidenLower(right) << 32);
            pairs[(2 * i) + 1] = Vector256.WidenUpper(left) | (Vector256.WidenUpper(right) << 32);
        }

        for (int at = lumas.Length * 16; at < to.Length - 1; at += 2)
        {
            (Vector256<uint> left, Vector256<uint> right) = ToRgb(
                Vector256.Create(MemoryMarshal.Read<ushort>(luma[at..])).AsInt32() & Vector256.Create((int)ushort.MaxValue),
                Vector256.Create(MemoryMarshal.Read<ushort>(chroma[at..])).AsInt32() & Vector256.Create((int)ushort.MaxValue));
            (to[at], to[at + 1]) = (left[0], right[0]);
        }
    }

    /// <summary>Puts a line over another.</summary>
    /// <param name="over">The upper line.</param>
    /// <param name="alpha">How opaque all of it is.</param>
    /// <param name="hasAlpha">Whether its pixels have alpha of their own.</param>
    /// <param name="under">The lower one, and then the result.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Blend(ReadOnlySpan<uint> over, byte alpha, bool hasAlpha, Span<uint> under)
    {
        over = over[..under.Length];
        if (alpha == byte.MaxValue && !hasAlpha)
        {
            over.CopyTo(under);
            return;
        }

        ReadOnlySpan<Vector256<uint>> overs = MemoryMarshal.Cast<uint, Vector256<uint>>(over);
        Span<Vector256<uint>> unders = MemoryMarshal.Cast<uint, Vector256<uint>>(under);
        for (int i = 0; i < overs.Length && i < unders.Length; i++)
            unders[i] = Blend(overs[i], alpha, hasAlpha, unders[i]);
        for (int at = unders.Length * Vector256<uint>.Count; at < under.Length; at++)
            under[at] = Blend(Vector256.Create(over[at]), alpha, hasAlpha, Vector256.Create(under[at]))[0];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Widen(Vector128<ushort> words) => Vector256.Create(Vector128.WidenLower(words), Vector128.WidenUpper(words)).AsInt32();

    /// <summary>Eight pairs of pixels, which have their chroma in common.</summary>
    /// <param name="luma">Of the left pixel in bits 7:0, of the right one in bits 15:8.</param>
    /// <param name="chroma">Blue in bits 7:0, red in bits 15:8.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector256<uint> Left, Vector256<uint> Right) ToRgb(Vector256<int> luma, Vector256<int> chroma)
    {
        Vector256<int> d = (chroma & Vector256.Create(255)) - Vector256.Create(128), e = (chroma >> 8) - Vector256.Create(128);
        Vector256<int> red = (e * 409) + Vector256.Create(128), blue = (d * 516) + Vector256.Create(128), green = Vector256.Create(128) - (d * 100) - (e * 208);
        return (ToRgb(luma & Vector256.Create(255), red, green, blue), ToRgb(luma >> 8, red, green, blue));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> ToRgb(Vector256<int> luma, Vector256<int> red, Vector256<int> green, Vector256<int> blue)
    {
        Vector256<int> y = (luma - Vector256.Create(16)) * 298;
        return ((Clamp((y + red) >> 8) << 16) | (Clamp((y + green) >> 8) << 8) | Clamp((y + blue) >> 8)).AsUInt32() | Vector256.Create(Opaque);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Clamp(Vector256<int> values) => Vector256.Min(Vector256.Max(values, Vector256<int>.Zero), Vector256.Create(255));

    /// <summary>Eight pixels, in lanes of sixteen bits: a product of two bytes, rounding included, fits into one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Blend(Vector256<uint> over, byte alpha, bool hasAlpha, Vector256<uint> under)
    {
        Vector256<ushort> lower = Vector256.Create((ushort)alpha), upper = lower;
        if (hasAlpha)
        {
            Vector256<byte> own = Vector256.Shuffle(over.AsByte(), AlphaOfEach);
            (lower, upper) = (Vector256.WidenLower(own), Vector256.WidenUpper(own));
            if (alpha != byte.MaxValue)
                (lower, upper) = (Divide(lower * alpha), Divide(upper * alpha));
        }

        lower = Mix(Vector256.WidenLower(over.AsByte()), Vector256.WidenLower(under.AsByte()), lower);
        upper = Mix(Vector256.WidenUpper(over.AsByte()), Vector256.WidenUpper(under.AsByte()), upper);
        return Vector256.Narrow(lower, upper).AsUInt32() | Vector256.Create(Opaque);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ushort> Mix(Vector256<ushort> over, Vector256<ushort> under, Vector256<ushort> opacity) =>
        Divide((over * opacity) + (under * (Vector256.Create((ushort)byte.MaxValue) - opacity)));

    /// <summary>Divides by 255 and rounds, exactly for products of two bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ushort> Divide(Vector256<ushort> product)
    {
        Vector256<ushort> half = product + Vector256.Create((ushort)128);
        return (half + (half >> 8)) >> 8;
    }
}
