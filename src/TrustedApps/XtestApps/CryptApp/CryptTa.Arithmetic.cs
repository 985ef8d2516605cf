using RestrictedTee.Contracts;
using RestrictedTee.Sdk;

namespace RestrictedTee.TrustedApps.XtestApps.CryptApp;

/// <summary>Big integers: arithmetic.</summary>
public sealed partial class CryptTa
{
    private const int MostConfidence = 256;

    [Command(Crypt.CommandArithShiftRight)]
    public void ArithShiftRight(ValueInput number, ValueInput result) => BigInt(result.A).ShiftRight(BigInt(number.A), Size(number.B));

    [Command(Crypt.CommandArithAdd)]
    public void ArithAdd(ValueInput operands, ValueInput result) => BigInt(result.A).Add(BigInt(operands.A), BigInt(operands.B));

    [Command(Crypt.CommandArithSub)]
    public void ArithSub(ValueInput operands, ValueInput result) => BigInt(result.A).Sub(BigInt(operands.A), BigInt(operands.B));

    [Command(Crypt.CommandArithMul)]
    public void ArithMul(ValueInput operands, ValueInput result) => BigInt(result.A).Mul(BigInt(operands.A), BigInt(operands.B));

    [Command(Crypt.CommandArithNeg)]
    public void ArithNeg(ValueInput numbers) => BigInt(numbers.B).Neg(BigInt(numbers.A));

    [Command(Crypt.CommandArithSqr)]
    public void ArithSqr(ValueInput numbers) => BigInt(numbers.B).Square(BigInt(numbers.A));

    [Command(Crypt.CommandArithDiv)]
    public void ArithDiv(ValueInput operands, ValueInput results) =>
        Sdk.BigInt.Div(BigInt(results.A), BigInt(results.B), BigInt(operands.A), BigInt(operands.B));

    [Command(Crypt.CommandArithMod)]
    public void ArithMod(ValueInput operands, ValueInput result) => BigInt(result.A).Mod(BigInt(operands.A), BigInt(operands.B));

    [Command(Crypt.CommandArithAddMod)]
    public void ArithAddMod(ValueInput operands, ValueInput others) =>
        BigInt(others.B).AddMod(BigInt(operands.A), BigInt(operands.B), BigInt(others.A));

    [Command(Crypt.CommandArithSubMod)]
    public void ArithSubMod(ValueInput operands, ValueInput others) =>
        BigInt(others.B).SubMod(BigInt(operands.A), BigInt(operands.B), BigInt(others.A));

    [Command(Crypt.CommandArithMulMod)]
    public void ArithMulMod(ValueInput operands, ValueInput others) =>
        BigInt(others.B).MulMod(BigInt(operands.A), BigInt(operands.B), BigInt(others.A));

    [Command(Crypt.CommandArithSqrMod)]
    public void ArithSqrMod(ValueInput operands, ValueInput result) => BigInt(result.A).SquareMod(BigInt(operands.A), BigInt(operands.B));

    [Command(Crypt.CommandArithInvMod)]
    public void ArithInvMod(ValueInput operands, ValueInput result) => BigInt(result.A).InvMod(BigInt(operands.A), BigInt(operands.B));

    /// <summary>A number that names no context is as good as none.</summary>
    [Command(Crypt.CommandArithExpMod)]
    public void ArithExpMod(ValueInput operands, ValueInput others, ValueInput result) => BigInt(result.A).ExpMod(
        BigInt(operands.A), BigInt(operands.B), BigInt(others.A), NamedOrNull<FmmContext>(others.B, KindOfFmmContext));

    [Command(Crypt.CommandArithIsRelativePrime)]
    public void ArithIsRelativePrime(ValueInput operands, ValueOutput result) =>
        result.A = BigInt(operands.A).IsRelativePrime(BigInt(operands.B)) ? 1u : 0;

    [Command(Crypt.CommandArithComputeEgcd)]
    public void ArithComputeEgcd(ValueInput operands, ValueInput factors, ValueInput divisor) => Sdk.BigInt.ComputeExtendedGcd(
        BigInt(divisor.A), BigIntIfAsked(factors.A), BigIntIfAsked(factors.B), BigInt(operands.A), BigInt(operands.B));

    /// <summary>Two to the power of 256 is sure enough; the client does not choose for how long the TA works, which nothing interrupts.</summary>
    [Command(Crypt.CommandArithIsPrime)]
    public void ArithIsPrime(ValueInput number, ValueOutput result) =>
        result.A = BigInt(number.A).IsProbablePrime(Math.Min(Size(number.B), MostConfidence)) ? 1u : 0;

    [Command(Crypt.CommandArithToFmm)]
    public void ArithToFmm(ValueInput operands, ValueInput others) =>
        FmmNumber(others.B).ConvertFrom(BigInt(operands.A), BigInt(operands.B), FmmContext(others.A));

    [Command(Crypt.CommandArithFromFmm)]
    public void ArithFromFmm(ValueInput operands, ValueInput others) =>
        FmmNumber(operands.A).ConvertTo(BigInt(others.B), BigInt(operands.B), FmmContext(others.A));

    [Command(Crypt.CommandArithComputeFmm)]
    public void ArithComputeFmm(ValueInput operands, ValueInput others, ValueInput result) =>
        FmmNumber(result.A).Compute(FmmNumber(operands.A), FmmNumber(operands.B), BigInt(others.A), FmmContext(others.B));

    private BigInt? BigIntIfAsked(uint number) => number == Crypt.ArithInvalidHandle ? null : BigInt(number);
}
