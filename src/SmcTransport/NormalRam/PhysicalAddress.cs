using System.Globalization;

namespace RestrictedTee.SmcTransport.NormalRam;

/// <summary>An address on the board, as both worlds name memory to each other. Not a pointer of either process.</summary>
public readonly record struct PhysicalAddress(ulong Value) : IComparable<PhysicalAddress>
{
    /// <summary>The page of the ABI: lists of pages, lending and registration all count in 4 KiB.</summary>
    public const int PageSize = 4096;

    /// <summary>Whether the address begins a page.</summary>
    public bool IsPageAligned => Value % PageSize == 0;

    /// <summary>The address <paramref name="offset"/> bytes on.</summary>
    /// <exception cref="OverflowException">The sum does not fit 64 bits.</exception>
    public static PhysicalAddress operator +(PhysicalAddress address, ulong offset) => new(address.Value + offset);

    /// <inheritdoc/>
    public int CompareTo(PhysicalAddress other) => Value.CompareTo(other.Value);

    /// <inheritdoc/>
    public override string ToString() => "0x" + Value.ToString("x", CultureInfo.InvariantCulture);
}

/// <summary>A stretch of physical addresses that is known not to wrap: it is only made by <see cref="TryCreate"/>.</summary>
public readonly record struct PhysicalRange
{
    private PhysicalRange(PhysicalAddress start, ulong length)
    {
        Start = start;
        Length = length;
    }

    /// <summary>The first address.</summary>
    public PhysicalAddress Start { get; }

    /// <summary>Bytes.</summary>
    public ulong Length { get; }

    /// <summary>The first address behind the range.</summary>
    public PhysicalAddress End => Start + Length;

    /// <summary>Makes a range out of untrusted numbers.</summary>
    /// <returns>False when the range would wrap around the end of the address space.</returns>
    public static bool TryCreate(PhysicalAddress start, ulong length, out PhysicalRange range)
    {
        bool valid = length <= ulong.MaxValue - start.Value;
        range = valid ? new PhysicalRange(start, length) : default;
        return valid;
    }

    /// <summary>Makes a range out of numbers that are known to be good.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The range would wrap.</exception>
    public static PhysicalRange Create(PhysicalAddress start, ulong length) => TryCreate(start, length, out PhysicalRange range)
        ? range
        : throw new ArgumentOutOfRangeException(nameof(length), length, $"A range of this length at {start} wraps around.");

    /// <summary>Whether <paramref name="other"/> lies wholly inside.</summary>
    public bool Contains(PhysicalRange other) =>
        other.Start.Value >= Start.Value && other.Length <= Length && other.Start.Value - Start.Value <= Length - other.Length;

    /// <summary>Whether the two have a byte in common.</summary>
    public bool Overlaps(PhysicalRange other) =>
        Length != 0 && other.Length != 0 && Start.Value < other.End.Value && other.Start.Value < End.Value;

    /// <inheritdoc/>
    public override string ToString() => $"{Start}+0x{Length:x}";
}
