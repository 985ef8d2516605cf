using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RestrictedTee.SmcTransport.Frames;

/// <summary>
/// One entry into, or return from, the monitor: the register file x0–x17 that an SMC or FF-A call may use.
/// </summary>
/// <remarks>
/// <para>SMCCC 1.2 (DEN0028) passes arguments and results in x0–x17; OP-TEE's SMC ABI uses the first eight,
/// FF-A 1.2 direct messages all eighteen.</para>
/// <para>On the wire a frame is exactly <see cref="Size"/> bytes, little-endian, with neither length nor tag:
/// a register file is a register file.</para>
/// </remarks>
[InlineArray(RegisterCount)]
[DebuggerDisplay("{ToString(),nq}")]
public struct SmcFrame
{
    /// <summary>How many registers a frame carries (x0–x17, SMCCC 1.2 section 3.1).</summary>
    public const int RegisterCount = 18;

    /// <summary>Bytes of a frame on the wire.</summary>
    public const int Size = RegisterCount * sizeof(ulong);

    private ulong _x0;

    /// <summary>a0: the function id on the way in, the return code on the way out. 32 bits in OP-TEE's ABI.</summary>
    public uint A0
    {
        readonly get => Low32(this[0]);
        set => this[0] = value;
    }

    /// <summary>a1, 32 bits.</summary>
    public uint A1
    {
        readonly get => Low32(this[1]);
        set => this[1] = value;
    }

    /// <summary>a2, 32 bits.</summary>
    public uint A2
    {
        readonly get => Low32(this[2]);
        set => this[2] = value;
    }

    /// <summary>a3, 32 bits.</summary>
    public uint A3
    {
        readonly get => Low32(this[3]);
        set => this[3] = value;
    }

    /// <summary>a4, 32 bits.</summary>
    public uint A4
    {
        readonly get => Low32(this[4]);
        set => this[4] = value;
    }

    /// <summary>a5, 32 bits.</summary>
    public uint A5
    {
        readonly get => Low32(this[5]);
        set => this[5] = value;
    }

    /// <summary>a6, 32 bits.</summary>
    public uint A6
    {
        readonly get => Low32(this[6]);
        set => this[6] = value;
    }

    /// <summary>a7, 32 bits.</summary>
    public uint A7
    {
        readonly get => Low32(this[7]);
        set => this[7] = value;
    }

    /// <summary>a1 (upper half) and a2 (lower half) as the 64-bit pointer or cookie that OP-TEE splits over them.</summary>
    public ulong A1A2
    {
        readonly get => ((ulong)A1 << 32) | A2;
        set => (A1, A2) = (High32(value), Low32(value));
    }

    /// <summary>a4 (upper half) and a5 (lower half), the cookie of an RPC allocation.</summary>
    public ulong A4A5
    {
        readonly get => ((ulong)A4 << 32) | A5;
        set => (A4, A5) = (High32(value), Low32(value));
    }

    /// <summary>The frame as the bytes that travel: a view, not a copy.</summary>
    [System.Diagnostics.CodeAnalysis.UnscopedRef]
    public Span<byte> AsBytes() => MemoryMarshal.AsBytes((Span<ulong>)this);

    /// <summary>The frame as the bytes that travel, read-only.</summary>
    [System.Diagnostics.CodeAnalysis.UnscopedRef]
    public readonly ReadOnlySpan<byte> AsReadOnlyBytes() => MemoryMarshal.AsBytes((ReadOnlySpan<ulong>)this);

    /// <inheritdoc/>
    public override readonly string ToString() =>
        $"x0=0x{this[0]:x} x1=0x{this[1]:x} x2=0x{this[2]:x} x3=0x{this[3]:x} x4=0x{this[4]:x} x5=0x{this[5]:x}";

    private static uint Low32(ulong value) => unchecked((uint)value);

    private static uint High32(ulong value) => (uint)(value >> 32);
}
