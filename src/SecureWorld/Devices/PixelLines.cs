using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace RestrictedTee.SecureWorld.Devices;

/// <summary>Lines of pixels: conversion to XRGB8888 and blending, eight pixels at a time.</summary>
internal static class PixelLines
{
    private const uint Opaque = 0xFF00_0000;

    /// <summary>Converts a line of NV12 (ITU-R BT.601, limited range, in 8-bit fixed point).</summary>
    /// <param name="luma">A byte a pixel.</param>
    /// <param name="chroma">Blue and red, a pair for two pixels.</param>
    /// <param name="to">As many pixels as luma.</param>
    internal static void FromNv12(ReadOnlySpan<byte> luma, ReadOnlySpan<byte> chroma, Span<uint> to)
    {
        Vector128<byte> blue = Vector128.Create((byte)0, 0, 2, 2, 4, 4, 6, 6, 0, 0, 0, 0, 0, 0, 0, 0);
        Vector128<byte> red = Vector128.Create((byte)1, 1, 3, 3, 5, 5, 7, 7, 0, 0, 0, 0, 0, 0, 0, 0);
        int at = 0;
        for (; at <= to.Length - 8; at += 8)
        {
            Vector128<byte> pairs = Vector128.CreateScalar(MemoryMarshal.Read<ulong>(chroma[at..])).AsByte();
            Vector256<int> y = Widen(Vector128.CreateScalar(MemoryMarshal.Read<ulong>(luma[at..])).AsByte());
            ToRgb(y, Widen(Vector128.Shuffle(pairs, blue)), Widen(Vector128.Shuffle(pairs, red))).CopyTo(to[at..]);
        }

        for (; at < to.Length; at++)
            to[at] = ToRgb(Vector256.Create((int)luma[at]), Vector256.Create((int)chroma[at & ~1]), Vector256.Create((int)chroma[at | 1]))[0];
    }

    /// <summary>Puts a line over another.</summary>
    /// <param name="over">The upper line.</param>
    /// <param name="alpha">How opaque all of it is.</param>
    /// <param name="hasAlpha">Whether its pixels have alpha of their own.</param>
    /// <param name="under">The lower one, and then the result.</param>
    internal static void Blend(ReadOnlySpan<uint> over, uint alpha, bool hasAlpha, Span<uint> under)
    {
        if (alpha == byte.MaxValue && !hasAlpha)
        {
            over.CopyTo(under);
            return;
        }

        int at = 0;
        for (; at <= under.Length - 8; at += 8)
            Blend(Vector256.Create(over[at..]), alpha, hasAlpha, Vector256.Create<uint>(under[at..])).CopyTo(under[at..]);
        for (; at < under.Length; at++)
            under[at] = Blend(Vector256.Create(over[at]), alpha, hasAlpha, Vector256.Create(under[at]))[0];
    }

    private static Vector256<int> Widen(Vector128<byte> bytes)
    {
        Vector128<ushort> words = Vector128.WidenLower(bytes);
        return Vector256.Create(Vector128.WidenLower(words), Vector128.WidenUpper(words)).AsInt32();
    }

    private static Vector256<uint> ToRgb(Vector256<int> y, Vector256<int> u, Vector256<int> v)
    {
        Vector256<int> c = ((y - Vector256.Create(16)) * 298) + Vector256.Create(128);
        Vector256<int> d = u - Vector256.Create(128), e = v - Vector256.Create(128);
        Vector256<int> red = Clamp((c + (e * 409)) >> 8), green = Clamp((c - (d * 100) - (e * 208)) >> 8), blue = Clamp((c + (d * 516)) >> 8);
        return ((red << 16) | (green << 8) | blue).AsUInt32() | Vector256.Create(Opaque);
    }

    private static Vector256<int> Clamp(Vector256<int> values) => Vector256.Min(Vector256.Max(values, Vector256<int>.Zero), Vector256.Create(255));

    private static Vector256<uint> Blend(Vector256<uint> over, uint alpha, bool hasAlpha, Vector256<uint> under)
    {
        Vector256<uint> opacity = Vector256.Create(alpha);
        if (hasAlpha)
            opacity = Divide(opacity * (over >> 24));
        Vector256<uint> rest = Vector256.Create(255u) - opacity, result = Vector256.Create(Opaque);
        for (int shift = 0; shift < 24; shift += 8)
        {
            Vector256<uint> mask = Vector256.Create(255u);
            result |= Divide((((over >> shift) & mask) * opacity) + (((under >> shift) & mask) * rest)) << shift;
        }

        return result;
    }

    /// <summary>Divides by 255 and rounds, exactly for products of two bytes.</summary>
    private static Vector256<uint> Divide(Vector256<uint> product)
    {
        Vector256<uint> half = product + Vector256.Create(128u);
        return (half + (half >> 8)) >> 8;
    }
}
