using System.Runtime.InteropServices;

namespace RestrictedTee.Contracts;

/// <summary>A pseudo TA that tells which accesses to restricted memory the firewall refused.</summary>
/// <remarks>
/// What it tells: who was refused what, when, by which rule, and where within a buffer. No address, nothing that names a buffer, and
/// nothing of what is in one. It tells every client alike, as the secure log does.
/// </remarks>
public static class FaultsPta
{
    /// <summary>UUID.</summary>
    public const string UuidText = "8b1f3a52-6c0d-4e7a-b4a9-5d2e7f901c63";

    /// <summary>
    /// The newest faults. In: value[0].a/b upper/lower half of how many the caller knows of. Out: memref[1] records of
    /// <see cref="FaultEntry.Size"/> bytes, the oldest first, as many as fit; value[2].a/b how many there have been since power-on.
    /// </summary>
    public const uint CommandRead = 0;

    /// <summary>The UUID.</summary>
    public static readonly Guid Uuid = new(UuidText);
}

/// <summary>One refused access, as it lies in the memory of <see cref="FaultsPta.CommandRead"/>.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct FaultEntry
{
    /// <summary>Bytes of an entry.</summary>
    public const int Size = 160;

    /// <summary>Bytes of each text, which is UTF-8 and ends with a zero if it is shorter.</summary>
    public const int TextSize = 60;

    /// <summary>Its number, from 1.</summary>
    public ulong Number;

    /// <summary>When: microseconds since 1970.</summary>
    public ulong Time;

    /// <summary>Where in the buffer.</summary>
    public ulong Offset;

    /// <summary>How many bytes.</summary>
    public uint Length;

    /// <summary>The use case of the buffer; 0 when the access came to none.</summary>
    public uint UseCase;

    /// <summary>What was tried: 1 read, 2 write, 3 both.</summary>
    public uint Rights;

    /// <summary>Zero.</summary>
    public uint Reserved;

    /// <summary>Who.</summary>
    public FaultText Master;

    /// <summary>Which rule.</summary>
    public FaultText Rule;
}

/// <summary>A text of an entry.</summary>
[System.Runtime.CompilerServices.InlineArray(FaultEntry.TextSize)]
public struct FaultText
{
    private byte _first;

    /// <summary>Makes one; what does not fit is cut.</summary>
    public static FaultText From(string text)
    {
        var made = default(FaultText);
        System.Text.Unicode.Utf8.FromUtf16(text, made, out _, out _);
        return made;
    }

    /// <inheritdoc/>
    public override readonly string ToString()
    {
        ReadOnlySpan<byte> bytes = this;
        int end = bytes.IndexOf((byte)0);
        return System.Text.Encoding.UTF8.GetString(end < 0 ? bytes : bytes[..end]);
    }
}
