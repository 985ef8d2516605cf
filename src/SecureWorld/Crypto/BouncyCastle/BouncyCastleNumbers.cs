using Org.BouncyCastle.Math;
using RestrictedTee.SecureWorld.Crypto.Schemes;

namespace RestrictedTee.SecureWorld.Crypto.BouncyCastle;

/// <summary>Numbers of BouncyCastle.</summary>
internal sealed class BouncyCastleNumbers : INumbers
{
    internal static PairRules Rules { get; } = new(new BouncyCastleNumbers());

    public int Power(ReadOnlySpan<byte> number, ReadOnlySpan<byte> exponent, ReadOnlySpan<byte> modulus, Span<byte> power) =>
        Write(new BigInteger(1, number).ModPow(new BigInteger(1, exponent), new BigInteger(1, modulus)), power);

    public int Product(ReadOnlySpan<byte> number, ReadOnlySpan<byte> factor, ReadOnlySpan<byte> modulus, Span<byte> product) =>
        Write(new BigInteger(1, number).Multiply(new BigInteger(1, factor)).Mod(new BigInteger(1, modulus)), product);

    private static int Write(BigInteger number, Span<byte> value)
    {
        byte[] bytes = number.SignValue == 0 ? [] : number.ToByteArrayUnsigned();
        return bytes.AsSpan().TryCopyTo(value) ? bytes.Length : -1;
    }
}
