using System.Numerics;
using System.Runtime.CompilerServices;

namespace RestrictedTee.Sdk;

/// <summary>Arithmetic (GPD_SPE_010 sections 8.7 to 8.9).</summary>
public sealed partial class BigInt
{
    private const int LeastConfidence = 80;

    /// <summary>TEE_BigIntAdd: the sum.</summary>
    public void Add(BigInt a, BigInt b) => Set(Of(a) + Of(b));

    /// <summary>TEE_BigIntSub: the difference.</summary>
    public void Sub(BigInt a, BigInt b) => Set(Of(a) - Of(b));

    /// <summary>TEE_BigIntNeg.</summary>
    public void Neg(BigInt a) => Set(-Of(a));

    /// <summary>TEE_BigIntMul: the product.</summary>
    public void Mul(BigInt a, BigInt b) => Set(Of(a) * Of(b));

    /// <summary>TEE_BigIntSquare.</summary>
    public void Square(BigInt a) => Set(Of(a) * Of(a));

    /// <summary>TEE_BigIntDiv: the quotient, towards zero, and what remains, which has the dividend's sign. Panics for a divisor of zero.</summary>
    /// <param name="quotient">The quotient; null where nobody asks.</param>
    /// <param name="remainder">What remains; likewise, and another number than the quotient.</param>
    /// <param name="dividend">What is divided.</param>
    /// <param name="divisor">By what.</param>
    public static void Div(BigInt? quotient, BigInt? remainder, BigInt dividend, BigInt divisor)
    {
        Require(!Of(divisor).IsZero && (quotient is null || quotient != remainder));
        var whole = BigInteger.DivRem(Of(dividend), Of(divisor), out BigInteger rest);
        quotient?.Set(whole);
        remainder?.Set(rest);
    }

    /// <summary>TEE_BigIntMod: what is congruent, from 0 to below the modulus. Panics for a modulus below 2, as all that follow.</summary>
    public void Mod(BigInt a, BigInt modulus) => Set(Reduce(Of(a), modulus));

    /// <summary>TEE_BigIntAddMod.</summary>
    public void AddMod(BigInt a, BigInt b, BigInt modulus) => Set(Reduce(Of(a) + Of(b), modulus));

    /// <summary>TEE_BigIntSubMod.</summary>
    public void SubMod(BigInt a, BigInt b, BigInt modulus) => Set(Reduce(Of(a) - Of(b), modulus));

    /// <summary>TEE_BigIntMulMod.</summary>
    public void MulMod(BigInt a, BigInt b, BigInt modulus) => Set(Reduce(Of(a) * Of(b), modulus));

    /// <summary>TEE_BigIntSquareMod.</summary>
    public void SquareMod(BigInt a, BigInt modulus) => Set(Reduce(Of(a) * Of(a), modulus));

    /// <summary>TEE_BigIntInvMod: the inverse. Panics when the two have a divisor in common, and for zero.</summary>
    public void InvMod(BigInt a, BigInt modulus)
    {
        BigInteger divisor = ExtendedGcd(Reduce(Of(a), modulus), Of(modulus), out BigInteger inverse, out _);
        Require(divisor.IsOne);
        Set(Reduce(inverse, modulus));
    }

    /// <summary>TEE_BigIntExpMod: the power. Panics for an exponent below zero.</summary>
    /// <param name="a">The base.</param>
    /// <param name="exponent">The exponent.</param>
    /// <param name="modulus">The modulus.</param>
    /// <param name="context">A context for the modulus, which must be odd then; null for none. It makes nothing faster here.</param>
    public void ExpMod(BigInt a, BigInt exponent, BigInt modulus, FmmContext? context = null)
    {
        Require(Of(exponent).Sign >= 0 && Of(modulus) > 1);
        Require(context is null || (context.Modulus == Of(modulus) && !Of(modulus).IsEven));
        Set(BigInteger.ModPow(Reduce(Of(a), modulus), Of(exponent), Of(modulus)));
    }

    /// <summary>TEE_BigIntRelativePrime: whether the two have no divisor in common.</summary>
    public bool IsRelativePrime(BigInt other) => BigInteger.GreatestCommonDivisor(_value, Of(other)).IsOne;

    /// <summary>
    /// TEE_BigIntComputeExtendedGcd: the greatest divisor that two have in common, and numbers u and v so that it is u·a + v·b. Of two zeroes it is
    /// zero, as upstream.
    /// </summary>
    public static void ComputeExtendedGcd(BigInt divisor, BigInt? u, BigInt? v, BigInt a, BigInt b)
    {
        ArgumentNullException.ThrowIfNull(divisor);
        divisor.Set(ExtendedGcd(Of(a), Of(b), out BigInteger first, out BigInteger second));
        u?.Set(first);
        v?.Set(second);
    }

    /// <summary>
    /// TEE_BigIntIsProbablePrime: false for a number that is certainly none. By the test of Miller and Rabin, each round of which a composite
    /// number passes one time in four at most.
    /// </summary>
    /// <param name="confidence">A composite number is taken for a prime one time in two to that power at most; 80 at least.</param>
    public bool IsProbablePrime(int confidence = LeastConfidence)
    {
        BigInteger n = BigInteger.Abs(_value);
        if (n < 4)
            return n == 2 || n == 3;
        if (n.IsEven)
            return false;
        int twos = (int)BigInteger.TrailingZeroCount(n - 1);
        BigInteger odd = (n - 1) >> twos;
        Span<byte> random = stackalloc byte[(MaxSize / 8) + 8];
        random = random[..(n.GetByteCount(isUnsigned: true) + 8)];
        for (int round = 0; round < (Math.Max(confidence, LeastConfidence) + 1) / 2; round++)
        {
            Tee.GenerateRandom(random);
            BigInteger witness = (new BigInteger(random, isUnsigned: true) % (n - 3)) + 2;
            if (!Passes(BigInteger.ModPow(witness, odd, n), n, twos))
                return false;
        }

        return true;
    }

    private static bool Passes(BigInteger power, BigInteger n, int twos)
    {
        if (power.IsOne || power == n - 1)
            return true;
        for (int i = 1; i < twos; i++)
        {
            power = BigInteger.ModPow(power, 2, n);
            if (power == n - 1)
                return true;
        }

        return false;
    }

    private static BigInteger ExtendedGcd(BigInteger a, BigInteger b, out BigInteger u, out BigInteger v)
    {
        (BigInteger r0, BigInteger r1) = (BigInteger.Abs(a), BigInteger.Abs(b));
        (BigInteger u0, BigInteger u1, BigInteger v0, BigInteger v1) = (1, 0, 0, 1);
        while (!r1.IsZero)
        {
            BigInteger quotient = r0 / r1;
            (r0, r1) = (r1, r0 - (quotient * r1));
            (u0, u1) = (u1, u0 - (quotient * u1));
            (v0, v1) = (v1, v0 - (quotient * v1));
        }

        u = a.Sign < 0 ? -u0 : u0;
        v = b.Sign < 0 ? -v0 : v0;
        return r0;
    }

    private static BigInteger Reduce(BigInteger value, BigInt modulus, [CallerMemberName] string member = "")
    {
        Require(Of(modulus) > 1, member);
        BigInteger rest = value % Of(modulus);
        return rest.Sign < 0 ? rest + Of(modulus) : rest;
    }

    private static BigInteger Of(BigInt number)
    {
        ArgumentNullException.ThrowIfNull(number);
        return number._value;
    }
}
