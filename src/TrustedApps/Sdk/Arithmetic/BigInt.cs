using System.Numerics;
using System.Runtime.CompilerServices;

namespace RestrictedTee.Sdk;

/// <summary>
/// A big integer (TEE_BigInt, GPD_SPE_010 chapter 8) of a size that is fixed when it is made. Each operation writes to the number that it is
/// called on, which may be one of its operands too; a result that does not fit panics. Computed by .NET's BigInteger, on the managed heap, in
/// times that depend on the numbers: no key belongs here.
/// </summary>
public sealed partial class BigInt
{
    /// <summary>The largest size, in bits (gpd.tee.arith.maxBigIntSize).</summary>
    public const int MaxSize = 4096;

    private const int BitsOfWord = 32;

    private readonly int _size;
    private BigInteger _value;

    /// <summary>TEE_BigIntInit: zero. Panics for a size beyond <see cref="MaxSize"/>. One of no bits is zero for good.</summary>
    /// <param name="size">Bits that its magnitude may have; rounded up to 32.</param>
    public BigInt(int size)
    {
        Require(size is >= 0 and <= MaxSize);
        _size = (size + BitsOfWord - 1) / BitsOfWord * BitsOfWord;
    }

    /// <summary>As the other, with a value that fits; panics when it does not.</summary>
    public BigInt(int size, BigInteger value)
        : this(size) => Set(value);

    /// <summary>Bits that its magnitude may have.</summary>
    public int Size => _size;

    /// <summary>What it is, for arithmetic in C#.</summary>
    public BigInteger Value => _value;

    /// <summary>TEE_BigIntGetBitCount: bits of its magnitude.</summary>
    public int BitCount => (int)BigInteger.Abs(_value).GetBitLength();

    /// <summary>TEE_BigIntSizeInU32: words that upstream's form of a number takes up, with its header.</summary>
    public static int SizeInU32(int size) => ((size + BitsOfWord - 1) / BitsOfWord) + 2;

    /// <summary>TEE_BigIntConvertFromOctetString.</summary>
    /// <param name="octets">The magnitude, big-endian.</param>
    /// <param name="isNegative">Whether the number is below zero.</param>
    /// <returns>Success; Overflow, and nothing has changed.</returns>
    public TeeResult TryConvertFromOctetString(ReadOnlySpan<byte> octets, bool isNegative = false)
    {
        // The octets may be anybody's, and change: they are read once, and take up no more than a number may have.
        ReadOnlySpan<byte> digits = octets.TrimStart((byte)0);
        if (digits.Length > MaxSize / 8)
            return TeeResult.Overflow;
        Span<byte> read = stackalloc byte[digits.Length];
        digits.CopyTo(read);
        var magnitude = new BigInteger(read, isUnsigned: true, isBigEndian: true);
        if (magnitude.GetBitLength() > _size)
            return TeeResult.Overflow;
        _value = isNegative ? -magnitude : magnitude;
        return TeeResult.Success;
    }

    /// <summary>TEE_BigIntConvertToOctetString: the magnitude, big-endian, without leading zeroes; zero is one byte.</summary>
    /// <returns>Success, with the bytes written; ShortBuffer, with the bytes needed, and nothing is written.</returns>
    public TeeResult TryConvertToOctetString(Span<byte> octets, out int size)
    {
        var magnitude = BigInteger.Abs(_value);
        size = magnitude.GetByteCount(isUnsigned: true);
        return magnitude.TryWriteBytes(octets, out _, isUnsigned: true, isBigEndian: true) ? TeeResult.Success : TeeResult.ShortBuffer;
    }

    /// <summary>TEE_BigIntConvertFromS32.</summary>
    public void ConvertFromS32(int value) => Set(value);

    /// <summary>TEE_BigIntConvertToS32.</summary>
    /// <returns>Success; Overflow, and the value is 0.</returns>
    public TeeResult TryConvertToS32(out int value)
    {
        bool fits = _value >= int.MinValue && _value <= int.MaxValue;
        value = fits ? (int)_value : 0;
        return fits ? TeeResult.Success : TeeResult.Overflow;
    }

    /// <summary>TEE_BigIntAssign: takes another number.</summary>
    /// <returns>Success; Overflow, and nothing has changed.</returns>
    public TeeResult TryAssign(BigInt source)
    {
        ArgumentNullException.ThrowIfNull(source);
        return TrySet(source._value);
    }

    /// <summary>TEE_BigIntAbs: takes another number's magnitude.</summary>
    /// <returns>As <see cref="TryAssign"/>.</returns>
    public TeeResult TryAbs(BigInt source)
    {
        ArgumentNullException.ThrowIfNull(source);
        return TrySet(BigInteger.Abs(source._value));
    }

    /// <summary>TEE_BigIntCmp: below zero, zero, or above, as this one is less than the other, the same, or more.</summary>
    public int Compare(BigInt other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return _value.CompareTo(other._value);
    }

    /// <summary>TEE_BigIntCmpS32: as <see cref="Compare"/>.</summary>
    public int CompareS32(int other) => _value.CompareTo(other);

    /// <summary>TEE_BigIntGetBit: a bit of the magnitude; false beyond it.</summary>
    public bool GetBit(int index)
    {
        Require(index >= 0);
        return !(BigInteger.Abs(_value) >> index).IsEven;
    }

    /// <summary>TEE_BigIntSetBit: sets or clears a bit of the magnitude.</summary>
    /// <returns>Success; Overflow, and nothing has changed.</returns>
    public TeeResult TrySetBit(int index, bool value)
    {
        Require(index >= 0);
        if (index >= _size)
            return TeeResult.Overflow;
        BigInteger magnitude = BigInteger.Abs(_value), bit = BigInteger.One << index;
        magnitude = value ? magnitude | bit : magnitude & ~bit;
        _value = _value.Sign < 0 ? -magnitude : magnitude;
        return TeeResult.Success;
    }

    /// <summary>TEE_BigIntShiftRight: the magnitude by so many bits, the sign stays.</summary>
    public void ShiftRight(BigInt source, int bits)
    {
        ArgumentNullException.ThrowIfNull(source);
        Require(bits >= 0);
        BigInteger magnitude = BigInteger.Abs(source._value) >> bits;
        Set(source._value.Sign < 0 ? -magnitude : magnitude);
    }

    /// <inheritdoc/>
    public override string ToString() => _value.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private TeeResult TrySet(BigInteger value)
    {
        if (BigInteger.Abs(value).GetBitLength() > _size)
            return TeeResult.Overflow;
        _value = value;
        return TeeResult.Success;
    }

    private void Set(BigInteger value, [CallerMemberName] string member = "") => Require(TrySet(value), member);

    private static void Require(bool isKept, [CallerMemberName] string member = "") => Contract.Require(isKept, nameof(BigInt), member);

    private static void Require(TeeResult result, [CallerMemberName] string member = "") => Contract.Require(result, nameof(BigInt), member);
}
