using System.Numerics;
using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.Xtest.Framework;

namespace RestrictedTee.Xtest.Regression4100;

/// <summary>Big integers: what they are.</summary>
internal static class NumberCases
{
    private const string Title = "Test TEE Internal API Arithmetical API - ";

    internal static readonly XtestCase[] All =
    [
        new("regression_4101", Title + "Bigint init", Init),
        new("regression_4102", Title + "Octet string", OctetStrings),
        new("regression_4103", Title + "S32", S32),
        new("regression_4104", Title + "Compare", Compare),
        new("regression_4113", Title + "shift right", ShiftRight),
        new("regression_4115", Title + "Abs", Abs),
        new("regression_4116", Title + "Get/Set Bit", Bits),
    ];

    /// <summary>Numbers that fit into 2048 bits, of both signs and of many sizes.</summary>
    internal static IEnumerable<BigInteger> Samples =>
        [0, 1, -1, 2, -2, 255, -256, int.MaxValue, int.MinValue, BigInteger.Pow(2, 64) - 1, -BigInteger.Pow(2, 521), BigInteger.Pow(2, 1023) + 12345];

    private static void Init(CaseRun c)
    {
        using var session = new ArithmeticSession(c);
        foreach (uint bits in (uint[])[0, 1, 32, 2048, 2049, 4096])
        {
            uint number = session.NewZero(bits);
            session.Do(Crypt.CommandArithFreeHandle, Parameter.ValueInput(number));
            c.ExpectResult(TeecResult.BadParameters, session.Try(Crypt.CommandArithFreeHandle, new Operation(Parameter.ValueInput(number))));
        }

        var tooMany = new Operation(Parameter.ValueInput(1 << 30), Parameter.ValueOutput());
        c.ExpectResult(TeecResult.OutOfMemory, session.Try(Crypt.CommandArithNewVar, tooMany));
    }

    private static void OctetStrings(CaseRun c)
    {
        using var session = new ArithmeticSession(c);
        foreach (BigInteger sample in Samples)
            c.Expect(session.ValueOf(session.New(sample)) == sample, $"{sample} to come back");

        uint small = session.NewZero(32);
        var large = new Operation(Parameter.ValueInput(small, 1), Parameter.TempInput(new byte[] { 1, 0, 0, 0, 0 }));
        c.ExpectResult(TeecResult.Overflow, session.Try(Crypt.CommandArithFromOctetString, large));
        var room = new Operation(Parameter.ValueInput(session.New(0x123456)), Parameter.ValueOutput(), Parameter.TempOutput(new byte[2]));
        c.ExpectResult(TeecResult.ShortBuffer, session.Try(Crypt.CommandArithGetValue, room));
        c.Expect(room[2].Size == 3, $"3 bytes to be asked for, got {room[2].Size}");
    }

    private static void S32(CaseRun c)
    {
        using var session = new ArithmeticSession(c);
        foreach (int value in (int[])[0, 1, -1, 1000, int.MaxValue, int.MinValue])
        {
            uint number = session.NewZero(32);
            session.Do(Crypt.CommandArithFromS32, Parameter.ValueInput(number, unchecked((uint)value)));
            Operation told = session.Do(Crypt.CommandArithGetValueS32, Parameter.ValueInput(number), Parameter.ValueOutput());
            c.Expect(unchecked((int)told[1].A) == value, $"{value}, got {unchecked((int)told[1].A)}");
        }

        var large = new Operation(Parameter.ValueInput(session.New(BigInteger.Pow(2, 31))), Parameter.ValueOutput());
        c.ExpectResult(TeecResult.Overflow, session.Try(Crypt.CommandArithGetValueS32, large));
    }

    private static void Compare(CaseRun c)
    {
        using var session = new ArithmeticSession(c);
        BigInteger[] samples = [.. Samples];
        uint[] numbers = [.. samples.Select(session.New)];
        for (int i = 0; i < samples.Length; i++)
        {
            for (int j = 0; j < samples.Length; j++)
                ExpectOrder(c, samples[i].CompareTo(samples[j]), session.Do(Crypt.CommandArithCmp, Parameter.ValueInput(numbers[i], numbers[j]), Parameter.ValueOutput()));
            ExpectOrder(c, samples[i].CompareTo(-2), session.Do(Crypt.CommandArithCmpS32, Parameter.ValueInput(numbers[i], unchecked((uint)-2)), Parameter.ValueOutput()));
        }
    }

    private static void ShiftRight(CaseRun c)
    {
        using var session = new ArithmeticSession(c);
        foreach (BigInteger sample in Samples)
        {
            foreach (uint bits in (uint[])[0, 1, 8, 31, 32, 65, 2048])
            {
                uint result = session.NewZero();
                session.Do(Crypt.CommandArithShiftRight, Parameter.ValueInput(session.New(sample), bits), Parameter.ValueInput(result));
                BigInteger expected = sample.Sign * (BigInteger.Abs(sample) >> (int)bits);
                c.Expect(session.ValueOf(result) == expected, $"{sample} without its last {bits} bits");
            }
        }
    }

    private static void Abs(CaseRun c)
    {
        using var session = new ArithmeticSession(c);
        foreach (BigInteger sample in Samples)
        {
            c.Expect(session.Unary(Crypt.CommandArithAbs, sample) == BigInteger.Abs(sample), $"the magnitude of {sample}");
            c.Expect(session.Unary(Crypt.CommandArithAssign, sample) == sample, $"{sample} to be taken over");
        }

        var small = new Operation(Parameter.ValueInput(session.New(BigInteger.Pow(2, 40)), session.NewZero(32)));
        c.ExpectResult(TeecResult.Overflow, session.Try(Crypt.CommandArithAssign, small));
    }

    private static void Bits(CaseRun c)
    {
        using var session = new ArithmeticSession(c);
        uint number = session.New(new BigInteger(-5));
        session.Do(Crypt.CommandArithSetBit, Parameter.ValueInput(number, 10), Parameter.ValueInput(1));
        session.Do(Crypt.CommandArithSetBit, Parameter.ValueInput(number, 0), Parameter.ValueInput(0));

        c.Expect(session.ValueOf(number) == -0x404, "bits of the magnitude to be set and cleared");
        foreach ((uint index, uint expected) in ((uint, uint)[])[(0, 0), (2, 1), (10, 1), (11, 0), (4000, 0)])
            c.Expect(session.Do(Crypt.CommandArithGetBit, Parameter.ValueInput(number, index), Parameter.ValueOutput())[1].A == expected, $"bit {index} to be {expected}");
        c.Expect(session.Do(Crypt.CommandArithGetBitCount, Parameter.ValueInput(number), Parameter.ValueOutput())[1].A == 11, "11 bits");
        c.ExpectResult(TeecResult.Overflow, session.Try(Crypt.CommandArithSetBit, new Operation(Parameter.ValueInput(number, 2048), Parameter.ValueInput(1))));
    }

    private static void ExpectOrder(CaseRun c, int expected, Operation told) =>
        c.Expect(unchecked((int)told[1].A) == Math.Sign(expected), $"order {Math.Sign(expected)}, got {unchecked((int)told[1].A)}");
}
