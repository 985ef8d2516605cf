using RestrictedTee.Sdk;
using static RestrictedTee.Tests.SystemCalls.Errors.ErrorRow;

namespace RestrictedTee.Tests.SystemCalls.Errors;

/// <summary>Big integers (GPD_SPE_010 chapter 8).</summary>
internal static class ArithmeticErrors
{
    private const TeeResult Overflow = TeeResult.Overflow;
    private const int Word = 32; // sizes are whole words

    internal static IReadOnlyList<ErrorRow> Rows { get; } =
    [
        Panics("TEE_BigIntInit", "a size below zero", () => _ = new BigInt(-1)),
        Panics("TEE_BigIntInit", "a size beyond the largest", () => _ = new BigInt(BigInt.MaxSize + 1)),
        Panics("TEE_BigIntInitFMM", "a size beyond the largest", () => _ = new FmmNumber(BigInt.MaxSize + 1)),
        Panics("TEE_BigIntInitFMMContext1", "an even modulus", () => _ = new FmmContext(64, Given.Number(10))),
        Panics("TEE_BigIntInitFMMContext1", "a modulus below 3", () => _ = new FmmContext(64, Given.Number(1))),
        Panics("TEE_BigIntInitFMMContext1", "a modulus beyond the size", () => _ = new FmmContext(8, Given.Number(257))),
        new("TEE_BigIntConvertFromOctetString", "more than there is room for", "Overflow", () => new BigInt(Word).TryConvertFromOctetString([1, 0, 0, 0, 0]).ToString()),
        Short("TEE_BigIntConvertToOctetString", "a buffer short by one", 2, () => room => (Given.Number(257).TryConvertToOctetString(room, out int size), size)),
        Panics("TEE_BigIntConvertFromS32", "more than there is room for", () => new BigInt(0).ConvertFromS32(1), Overflow),
        new("TEE_BigIntConvertToS32", "a number beyond 32 bits", "Overflow", () => Given.Largest(33).TryConvertToS32(out _).ToString()),
        new("TEE_BigIntAssign", "more than there is room for", "Overflow", () => new BigInt(Word).TryAssign(Given.Largest(33)).ToString()),
        new("TEE_BigIntAbs", "more than there is room for", "Overflow", () => new BigInt(Word).TryAbs(Given.Largest(33)).ToString()),
        Panics("TEE_BigIntGetBit", "a bit below zero", () => Given.Number(1).GetBit(-1)),
        new("TEE_BigIntSetBit", "a bit beyond the size", "Overflow", () => new BigInt(Word).TrySetBit(Word, true).ToString()),
        Panics("TEE_BigIntShiftRight", "a number of bits below zero", () => new BigInt(8).ShiftRight(Given.Number(1), -1)),
        Panics("TEE_BigIntShiftRight", "more than there is room for", () => new BigInt(Word).ShiftRight(Given.Largest(34), 1), Overflow),
        Panics("TEE_BigIntAdd", "more than there is room for", () => new BigInt(Word).Add(Given.Largest(Word), Given.Number(1)), Overflow),
        Panics("TEE_BigIntSub", "more than there is room for", () => new BigInt(Word).Sub(Given.Largest(33), Given.Number(1)), Overflow),
        Panics("TEE_BigIntNeg", "more than there is room for", () => new BigInt(Word).Neg(Given.Largest(33)), Overflow),
        Panics("TEE_BigIntMul", "more than there is room for", () => new BigInt(Word).Mul(Given.Largest(Word), Given.Number(2)), Overflow),
        Panics("TEE_BigIntSquare", "more than there is room for", () => new BigInt(Word).Square(Given.Largest(Word)), Overflow),
        Panics("TEE_BigIntDiv", "a divisor of zero", () => BigInt.Div(new BigInt(8), null, Given.Number(1), Given.Number(0))),
        Panics("TEE_BigIntDiv", "one number for both results", () =>
        {
            var one = new BigInt(8);
            BigInt.Div(one, one, Given.Number(7), Given.Number(2));
        }),
        Panics("TEE_BigIntMod", "a modulus below 2", () => new BigInt(8).Mod(Given.Number(1), Given.Number(1))),
        Panics("TEE_BigIntAddMod", "a modulus below 2", () => new BigInt(8).AddMod(Given.Number(1), Given.Number(1), Given.Number(0))),
        Panics("TEE_BigIntSubMod", "a modulus below 2", () => new BigInt(8).SubMod(Given.Number(1), Given.Number(1), Given.Number(-3))),
        Panics("TEE_BigIntMulMod", "a modulus below 2", () => new BigInt(8).MulMod(Given.Number(1), Given.Number(1), Given.Number(1))),
        Panics("TEE_BigIntSquareMod", "a modulus below 2", () => new BigInt(8).SquareMod(Given.Number(1), Given.Number(1))),
        Panics("TEE_BigIntInvMod", "a modulus below 2", () => new BigInt(8).InvMod(Given.Number(1), Given.Number(1))),
        Panics("TEE_BigIntInvMod", "a divisor in common", () => new BigInt(8).InvMod(Given.Number(4), Given.Number(6))),
        Panics("TEE_BigIntExpMod", "an exponent below zero", () => new BigInt(8).ExpMod(Given.Number(2), Given.Number(-1), Given.Number(7))),
        Panics("TEE_BigIntExpMod", "a modulus below 2", () => new BigInt(8).ExpMod(Given.Number(2), Given.Number(1), Given.Number(1))),
        Panics("TEE_BigIntExpMod", "a context of another modulus", () => new BigInt(8).ExpMod(Given.Number(2), Given.Number(1), Given.Number(7), new FmmContext(64, Given.Number(9)))),
        Panics("TEE_BigIntComputeExtendedGcd", "more than there is room for", () => BigInt.ComputeExtendedGcd(new BigInt(Word), null, null, Given.Largest(33), Given.Largest(33)), Overflow),
        Panics("TEE_BigIntConvertToFMM", "a modulus that is not the context's", () => new FmmNumber(64).ConvertFrom(Given.Number(1), Given.Number(7), new FmmContext(64, Given.Number(9)))),
        Panics("TEE_BigIntConvertFromFMM", "a modulus that is not the context's", () => new FmmNumber(64).ConvertTo(new BigInt(64), Given.Number(7), new FmmContext(64, Given.Number(9)))),
        Panics("TEE_BigIntComputeFMM", "a modulus that is not the context's", () => new FmmNumber(64).Compute(new FmmNumber(64), new FmmNumber(64), Given.Number(7), new FmmContext(64, Given.Number(9)))),
    ];
}
