using System.Numerics;
using RestrictedTee.Sdk;

namespace RestrictedTee.Tests.Crypto;

/// <summary>Big integers (GPD_SPE_010 chapter 8), at their borders.</summary>
public sealed class BigIntTests
{
    [Fact]
    public void Octets_of_any_length_take_up_no_more_than_a_number_may_have() => SdkThread.Run(() =>
    {
        var number = new BigInt(BigInt.MaxSize);
        byte[] zeroes = new byte[4 << 20], many = new byte[4 << 20];
        zeroes[^1] = 7;
        many[0] = 1;

        Assert.Equal(TeeResult.Overflow, number.TryConvertFromOctetString(many)); // whatever is made once for all is made by now
        Assert.Equal(TeeResult.Success, number.TryConvertFromOctetString(zeroes));

        long before = GC.GetAllocatedBytesForCurrentThread();
        number.TryConvertFromOctetString(zeroes);
        number.TryConvertFromOctetString(many);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.InRange(allocated, 0, BigInt.MaxSize);
        Assert.Equal(7, (int)number.Value);
    });

    [Theory]
    [InlineData(7, 3, 2, 1)]
    [InlineData(-7, 3, -2, -1)]
    [InlineData(7, -3, -2, 1)]
    [InlineData(-7, -3, 2, -1)]
    public void A_quotient_goes_towards_zero_and_the_rest_has_the_dividends_sign(int dividend, int divisor, int quotient, int remainder) => SdkThread.Run(() =>
    {
        BigInt q = Of(0), r = Of(0);

        BigInt.Div(q, r, Of(dividend), Of(divisor));

        Assert.Equal((quotient, remainder), ((int)q.Value, (int)r.Value));
    });

    [Theory]
    [InlineData(-1, 5, 4)]
    [InlineData(5, 5, 0)]
    [InlineData(-10, 3, 2)]
    public void What_is_congruent_is_never_below_zero(int value, int modulus, int expected) => SdkThread.Run(() =>
    {
        BigInt result = Of(0);
        result.Mod(Of(value), Of(modulus));
        Assert.Equal(expected, (int)result.Value);
        result.AddMod(Of(value), Of(0), Of(modulus));
        Assert.Equal(expected, (int)result.Value);
        result.SubMod(Of(0), Of(-value), Of(modulus));
        Assert.Equal(expected, (int)result.Value);
        result.MulMod(Of(value), Of(1), Of(modulus));
        Assert.Equal(expected, (int)result.Value);
    });

    [Fact]
    public void A_result_that_does_not_fit_panics_and_one_that_is_converted_overflows() => SdkThread.Run(() =>
    {
        var small = new BigInt(32, uint.MaxValue);
        var result = new BigInt(1); // which has room for 32 bits

        Assert.Equal((uint)TeeResult.Overflow, SdkThread.PanicOf(() => result.Add(small, Of(1))));
        Assert.Equal(0u, SdkThread.PanicOf(() => result.Sub(small, Of(1))));
        Assert.Equal(TeeResult.Overflow, result.TryConvertFromOctetString([1, 0, 0, 0, 0]));
        Assert.Equal(TeeResult.Success, result.TryConvertFromOctetString([0, 0, 0, 0, 0, 1], isNegative: true));
        Assert.Equal(-1, (int)result.Value);
        Assert.Equal(TeeResult.Overflow, small.TryConvertToS32(out _));
        Assert.Equal(TeeResult.Success, new BigInt(32, int.MinValue).TryConvertToS32(out int least));
        Assert.Equal(int.MinValue, least);
        Assert.Equal(TeeResult.Overflow, result.TryAssign(new BigInt(64, ulong.MaxValue)));
        Assert.Equal(TeeResult.Overflow, result.TrySetBit(32, true));
        Assert.Equal((uint)TeeResult.BadParameters, SdkThread.PanicOf(() => _ = new BigInt(BigInt.MaxSize + 1)));
    });

    [Fact]
    public void Octets_are_big_endian_and_a_short_buffer_is_told_the_size() => SdkThread.Run(() =>
    {
        var number = new BigInt(64, -0x123456);
        byte[] octets = new byte[3];

        Assert.Equal((TeeResult.ShortBuffer, 3), (number.TryConvertToOctetString(octets.AsSpan(1), out int size), size));
        Assert.Equal((TeeResult.Success, 3), (number.TryConvertToOctetString(octets, out size), size));

        Assert.Equal([0x12, 0x34, 0x56], octets);
        Assert.Equal((TeeResult.Success, 1), (Of(0).TryConvertToOctetString(octets, out size), size));
    });

    [Fact]
    public void Bits_are_those_of_the_magnitude() => SdkThread.Run(() =>
    {
        BigInt number = Of(-5);

        Assert.Equal((true, false, true, false, 3), (number.GetBit(0), number.GetBit(1), number.GetBit(2), number.GetBit(4000), number.BitCount));
        Assert.Equal(TeeResult.Success, number.TrySetBit(1, true));
        Assert.Equal(-7, (int)number.Value);
        number.ShiftRight(number, 1);
        Assert.Equal(-3, (int)number.Value);
        Assert.Equal(0, Of(0).BitCount);
    });

    [Fact]
    public void What_is_undone_gives_what_was() => SdkThread.Run(() =>
    {
        BigInteger prime = BigInteger.Pow(2, 127) - 1;
        var modulus = new BigInt(128, prime);
        BigInt inverse = new(128), one = new(128), u = new(128), v = new(128), divisor = new(128);

        inverse.InvMod(new BigInt(128, 12345), modulus);
        one.MulMod(inverse, new BigInt(128, 12345), modulus);
        Assert.True(one.Value.IsOne);
        one.ExpMod(new BigInt(128, 3), new BigInt(128, prime - 1), modulus, new FmmContext(128, modulus));
        Assert.True(one.Value.IsOne);
        BigInt.ComputeExtendedGcd(divisor, u, v, Of(-240), Of(46));
        Assert.Equal((2, 2), ((int)divisor.Value, (int)((u.Value * -240) + (v.Value * 46))));
        BigInt.ComputeExtendedGcd(divisor, u, v, Of(0), Of(0));
        Assert.True(divisor.Value.IsZero);
        Assert.False(Of(240).IsRelativePrime(Of(46)));
        Assert.Equal((uint)TeeResult.BadParameters, SdkThread.PanicOf(() => inverse.InvMod(Of(2), Of(4))));
        Assert.Equal((uint)TeeResult.BadParameters, SdkThread.PanicOf(() => inverse.Mod(Of(2), Of(1))));
        Assert.Equal((uint)TeeResult.BadParameters, SdkThread.PanicOf(() => inverse.ExpMod(Of(2), Of(-1), Of(5))));
        Assert.Equal((uint)TeeResult.BadParameters, SdkThread.PanicOf(() => BigInt.Div(null, null, Of(2), Of(0))));
    });

    [Fact]
    public void A_product_by_context_is_that_of_the_modulus() => SdkThread.Run(() =>
    {
        BigInt modulus = new(64, 1_000_003), result = new(64), expected = new(64), a = new(64, 999_999), b = new(64, -77);
        var context = new FmmContext(64, modulus);
        FmmNumber x = new(64), y = new(64), product = new(64);
        x.ConvertFrom(a, modulus, context);
        y.ConvertFrom(b, modulus, context);

        product.Compute(x, y, modulus, context);
        product.ConvertTo(result, modulus, context);

        expected.MulMod(a, b, modulus);
        Assert.Equal(expected.Value, result.Value);
        Assert.NotEqual(0u, SdkThread.PanicOf(() => _ = new FmmContext(64, Of(10))));
    });

    [Theory]
    [InlineData("2", true)]
    [InlineData("1", false)]
    [InlineData("0", false)]
    [InlineData("561", false)] // Carmichael's
    [InlineData("3215031751", false)] // passes with the bases 2, 3, 5 and 7
    [InlineData("170141183460469231731687303715884105727", true)]
    [InlineData("170141183460469231731687303715884105729", false)]
    public void A_prime_is_told_from_what_looks_like_one(string number, bool expected) => SdkThread.Run(() =>
        Assert.Equal(expected, new BigInt(256, BigInteger.Parse(number, System.Globalization.CultureInfo.InvariantCulture)).IsProbablePrime()));

    [Fact]
    public void The_largest_number_can_be_asked_whether_it_is_a_prime() => SdkThread.Run(() =>
        Assert.False(new BigInt(BigInt.MaxSize, (BigInteger.One << BigInt.MaxSize) - 1).IsProbablePrime()));

    [Theory]
    [InlineData(BigInt.MaxSize / 8, TeeResult.Success)]
    [InlineData((BigInt.MaxSize / 8) + 1, TeeResult.Overflow)]
    [InlineData(1 << 28, TeeResult.Overflow)] // more than the library makes a number of
    public void Octets_beyond_the_largest_number_are_an_overflow(int count, TeeResult expected) => SdkThread.Run(() =>
    {
        byte[] octets = new byte[count];
        octets.AsSpan().Fill(0xFF);

        Assert.Equal(expected, new BigInt(BigInt.MaxSize).TryConvertFromOctetString(octets));
    });

    private static BigInt Of(int value) => new(64, value);
}
