using System;
using RestrictedTee.TestContract;

namespace Checksums;

/// <summary>Adler-32 (RFC 1950).</summary>
public sealed class Adler32 : IChecksum
{
    public uint Of(ReadOnlySpan<byte> data)
    {
        uint a = 1, b = 0;
        foreach (byte octet in data)
            (a, b) = ((a + octet) % 65521, (a + octet + b) % 65521);
        return (b << 16) | a;
    }
}
