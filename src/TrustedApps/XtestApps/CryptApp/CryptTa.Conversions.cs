using RestrictedTee.Contracts;
using RestrictedTee.Sdk;

namespace RestrictedTee.TrustedApps.XtestApps.CryptApp;

/// <summary>Big integers: what they are, bit by bit and as a whole. A value of 32 bits with a sign comes as its bit pattern.</summary>
public sealed partial class CryptTa
{
    [Command(Crypt.CommandArithFromOctetString)]
    public TeeResult ArithFromOctetString(ValueInput number, MemrefInput magnitude) =>
        BigInt(number.A).TryConvertFromOctetString(magnitude.Span, unchecked((int)number.B) < 0);

    [Command(Crypt.CommandArithFromS32)]
    public void ArithFromS32(ValueInput number) => BigInt(number.A).ConvertFromS32(unchecked((int)number.B));

    [Command(Crypt.CommandArithGetValue)]
    public TeeResult ArithGetValue(ValueInput number, ValueOutput sign, MemrefOutput magnitude)
    {
        BigInt asked = BigInt(number.A);
        sign.A = unchecked((uint)(asked.CompareS32(0) < 0 ? -1 : 1));
        TeeResult result = asked.TryConvertToOctetString(magnitude.Span, out int size);
        magnitude.Size = size;
        return result;
    }

    [Command(Crypt.CommandArithGetValueS32)]
    public TeeResult ArithGetValueS32(ValueInput number, ValueOutput value)
    {
        TeeResult result = BigInt(number.A).TryConvertToS32(out int converted);
        value.A = unchecked((uint)converted);
        return result;
    }

    [Command(Crypt.CommandArithGetBit)]
    public void ArithGetBit(ValueInput number, ValueOutput bit) => bit.A = BigInt(number.A).GetBit(Size(number.B)) ? 1u : 0;

    [Command(Crypt.CommandArithSetBit)]
    public TeeResult ArithSetBit(ValueInput number, ValueInput bit) => BigInt(number.A).TrySetBit(Size(number.B), bit.A != 0);

    [Command(Crypt.CommandArithGetBitCount)]
    public void ArithGetBitCount(ValueInput number, ValueOutput count) => count.A = (uint)BigInt(number.A).BitCount;

    [Command(Crypt.CommandArithCmp)]
    public void ArithCmp(ValueInput numbers, ValueOutput order) => order.A = Order(BigInt(numbers.A).Compare(BigInt(numbers.B)));

    [Command(Crypt.CommandArithCmpS32)]
    public void ArithCmpS32(ValueInput number, ValueOutput order) => order.A = Order(BigInt(number.A).CompareS32(unchecked((int)number.B)));

    [Command(Crypt.CommandArithAssign)]
    public TeeResult ArithAssign(ValueInput numbers) => BigInt(numbers.B).TryAssign(BigInt(numbers.A));

    [Command(Crypt.CommandArithAbs)]
    public TeeResult ArithAbs(ValueInput numbers) => BigInt(numbers.B).TryAbs(BigInt(numbers.A));

    /// <summary>Clients of the original know -1, 0 and 1.</summary>
    private static uint Order(int comparison) => unchecked((uint)Math.Sign(comparison));
}
