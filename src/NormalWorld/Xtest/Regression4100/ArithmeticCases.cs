using System.Numerics;
using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.Xtest.Framework;

namespace RestrictedTee.Xtest.Regression4100;

/// <summary>Big integers: arithmetic.</summary>
internal static class ArithmeticCases
{
    private const string Title = "Test TEE Internal API Arithmetical API - ";

    private static readonly BigInteger Mersenne127 = BigInteger.Pow(2, 127) - 1;

    internal static readonly XtestCase[] All =
    [
        new("regression_4105", Title + "Add, Sub", c => Binary(c, (Crypt.CommandArithAdd, (a, b) => a + b), (Crypt.CommandArithSub, (a, b) => a - b))),
        new("regression_4106", Title + "Neg", c => Unary(c, Crypt.CommandArithNeg, a => -a)),
        new("regression_4107", Title + "Mul", Multiply),
        new("regression_4108", Title + "Div", Divide),
        new("regression_4109", Title + "Mod", Modulus),
        new("regression_4110", Title + "Mod arith", ModularArithmetic),
        new("regression_4111", Title + "Invmod", Inverse),
        new("regression_4112", Title + "Is prime", Primes),
        new("regression_4114", Title + "GCD", Divisors),
        new("regression_4117", Title + "ExpMod", Powers),
    ];

    private static IEnumerable<(BigInteger A, BigInteger B)> Pairs =>
        from a in NumberCases.Samples from b in NumberCases.Samples where (a * b).GetBitLength() <= 2048 select (a, b);

    private static void Binary(CaseRun c, params (uint Command, Func<BigInteger, BigInteger, BigInteger> Expected)[] functions)
    {
        foreach ((uint command, Func<BigInteger, BigInteger, BigInteger> expected) in functions)
        {
            using var session = new ArithmeticSession(c); // numbers are given back with the session
            foreach ((BigInteger a, BigInteger b) in Pairs)
                c.Expect(session.Binary(command, a, b) == expected(a, b), $"{expected(a, b)} of {a} and {b}");
        }
    }

    private static void Unary(CaseRun c, uint command, Func<BigInteger, BigInteger> expected)
    {
        using var session = new ArithmeticSession(c);
        foreach (BigInteger sample in NumberCases.Samples.Where(sample => expected(sample).GetBitLength() <= 2048))
            c.Expect(session.Unary(command, sample) == expected(sample), $"{expected(sample)} of {sample}");
    }

    private static void Multiply(CaseRun c)
    {
        Binary(c, (Crypt.CommandArithMul, (a, b) => a * b));
        Unary(c, Crypt.CommandArithSqr, a => a * a);
    }

    private static void Divide(CaseRun c)
    {
        using var session = new ArithmeticSession(c);
        foreach ((BigInteger a, BigInteger b) in ((BigInteger, BigInteger)[])[(7, 2), (-7, 2), (7, -2), (-7, -2), (0, 5), (Mersenne127, 12345), (5, Mersenne127)])
        {
            uint quotient = session.NewZero(), rest = session.NewZero();
            session.Do(Crypt.CommandArithDiv, Parameter.ValueInput(session.New(a), session.New(b)), Parameter.ValueInput(quotient, rest));
            c.Expect(session.ValueOf(quotient) == BigInteger.Divide(a, b), $"the quotient of {a} and {b}");
            c.Expect(session.ValueOf(rest) == BigInteger.Remainder(a, b), $"what remains of {a} and {b}");
        }

        var byZero = new Operation(Parameter.ValueInput(session.New(BigInteger.One), session.NewZero()), Parameter.ValueInput(session.NewZero(), session.NewZero()));
        c.ExpectResult(TeecResult.TargetDead, session.Try(Crypt.CommandArithDiv, byZero));
    }

    private static void Modulus(CaseRun c)
    {
        using var session = new ArithmeticSession(c);
        foreach ((BigInteger a, BigInteger n, BigInteger expected) in ((BigInteger, BigInteger, BigInteger)[])[(10, 10, 0), (10, 20, 10), (-1, 123, 122), (-250, 123, 119), (Mersenne127 + 5, Mersenne127, 5)])
            c.Expect(session.Binary(Crypt.CommandArithMod, a, n) == expected, $"{a} modulo {n} to be {expected}");
    }

    private static void ModularArithmetic(CaseRun c)
    {
        using var session = new ArithmeticSession(c);
        foreach ((BigInteger a, BigInteger b) in ((BigInteger, BigInteger)[])[(3, 4), (-3, 4), (Mersenne127 - 1, Mersenne127 - 2), (0, 0)])
        {
            c.Expect(session.Ternary(Crypt.CommandArithAddMod, a, b, Mersenne127) == Rest(a + b), $"the sum of {a} and {b}");
            c.Expect(session.Ternary(Crypt.CommandArithSubMod, a, b, Mersenne127) == Rest(a - b), $"the difference of {a} and {b}");
            c.Expect(session.Ternary(Crypt.CommandArithMulMod, a, b, Mersenne127) == Rest(a * b), $"the product of {a} and {b}");
            c.Expect(session.Binary(Crypt.CommandArithSqrMod, a, Mersenne127) == Rest(a * a), $"the square of {a}");
            c.Expect(ByContext(session, a, b) == Rest(a * b), $"the product of {a} and {b} by a context");
        }
    }

    private static void Inverse(CaseRun c)
    {
        using var session = new ArithmeticSession(c);
        foreach ((BigInteger a, BigInteger n) in ((BigInteger, BigInteger)[])[(2, 3), (3, 4), (3, 217), (-3, 7), (12345, Mersenne127)])
        {
            BigInteger inverse = session.Binary(Crypt.CommandArithInvMod, a, n);
            c.Expect(inverse >= 0 && inverse < n && ((((a * inverse) % n) + n) % n).IsOne, $"an inverse of {a} modulo {n}");
        }
    }

    private static void Primes(CaseRun c)
    {
        using var session = new ArithmeticSession(c);
        foreach ((BigInteger number, uint expected) in ((BigInteger, uint)[])[(2, 1), (1, 0), (0, 0), (31, 1), (561, 0), (3215031751, 0), (Mersenne127, 1), (Mersenne127 + 2, 0)])
            c.Expect(session.Do(Crypt.CommandArithIsPrime, Parameter.ValueInput(session.New(number), 80), Parameter.ValueOutput())[1].A == expected, $"{number}: prime {expected}");
    }

    private static void Divisors(CaseRun c)
    {
        using var session = new ArithmeticSession(c);
        foreach ((BigInteger a, BigInteger b) in ((BigInteger, BigInteger)[])[(0, 0), (0, 291), (1, -1), (2, 4), (-2, -4), (1024, 2048), (609, 693), (Mersenne127, 8191)])
        {
            uint first = session.New(a), second = session.New(b), u = session.NewZero(), v = session.NewZero(), divisor = session.NewZero();
            session.Do(Crypt.CommandArithComputeEgcd, Parameter.ValueInput(first, second), Parameter.ValueInput(u, v), Parameter.ValueInput(divisor));
            c.Expect(session.ValueOf(divisor) == BigInteger.GreatestCommonDivisor(a, b), $"the divisor of {a} and {b}");
            c.Expect((session.ValueOf(u) * a) + (session.ValueOf(v) * b) == session.ValueOf(divisor), $"factors for {a} and {b}");
            uint prime = session.Do(Crypt.CommandArithIsRelativePrime, Parameter.ValueInput(first, second), Parameter.ValueOutput())[1].A;
            c.Expect(prime == (BigInteger.GreatestCommonDivisor(a, b).IsOne ? 1u : 0), $"{a} and {b}: relatively prime");
            session.Do(
                Crypt.CommandArithComputeEgcd,
                Parameter.ValueInput(first, second), Parameter.ValueInput(Crypt.ArithInvalidHandle, Crypt.ArithInvalidHandle), Parameter.ValueInput(divisor));
        }
    }

    private static void Powers(CaseRun c)
    {
        using var session = new ArithmeticSession(c);
        foreach ((BigInteger a, BigInteger exponent, BigInteger n) in ((BigInteger, BigInteger, BigInteger)[])[(2, 10, 1000), (3, 0, 7), (-2, 3, 7), (3, Mersenne127 - 1, Mersenne127)])
        {
            uint result = session.NewZero(), modulus = session.New(n);
            session.Do(
                Crypt.CommandArithExpMod,
                Parameter.ValueInput(session.New(a), session.New(exponent)), Parameter.ValueInput(modulus, Crypt.ArithInvalidHandle), Parameter.ValueInput(result));
            c.Expect(session.ValueOf(result) == ((BigInteger.ModPow(a, exponent, n) % n) + n) % n, $"{a} to the power {exponent} modulo {n}");
        }
    }

    private static BigInteger Rest(BigInteger value) => ((value % Mersenne127) + Mersenne127) % Mersenne127;

    private static BigInteger ByContext(ArithmeticSession session, BigInteger a, BigInteger b)
    {
        uint modulus = session.New(Mersenne127), result = session.NewZero();
        uint context = session.Do(Crypt.CommandArithNewFmmContext, Parameter.ValueInput(2048, modulus), Parameter.ValueOutput())[1].A;
        uint x = Converted(a), y = Converted(b), product = Converted(0);
        session.Do(Crypt.CommandArithComputeFmm, Parameter.ValueInput(x, y), Parameter.ValueInput(modulus, context), Parameter.ValueInput(product));
        session.Do(Crypt.CommandArithFromFmm, Parameter.ValueInput(product, modulus), Parameter.ValueInput(context, result));
        return session.ValueOf(result);

        uint Converted(BigInteger value)
        {
            uint made = session.Do(Crypt.CommandArithNewFmmVar, Parameter.ValueInput(2048), Parameter.ValueOutput())[1].A;
            session.Do(Crypt.CommandArithToFmm, Parameter.ValueInput(session.New(value), modulus), Parameter.ValueInput(context, made));
            return made;
        }
    }
}
