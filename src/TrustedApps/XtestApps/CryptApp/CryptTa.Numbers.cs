using RestrictedTee.Contracts;
using RestrictedTee.Sdk;

namespace RestrictedTee.TrustedApps.XtestApps.CryptApp;

/// <summary>
/// Big integers, FMM contexts and FMM numbers: one row of numbers for all, with a bit that says which it is (ta/crypt/arith_taf.c). Here a number
/// that names nothing, or something else, is BAD_PARAMETERS.
/// </summary>
public sealed partial class CryptTa
{
    private const uint KindOfBigInt = 1u << 31;
    private const uint KindOfFmmContext = 1u << 30;
    private const uint KindOfFmmNumber = 1u << 29;
    private const uint KindMask = KindOfBigInt | KindOfFmmContext | KindOfFmmNumber;

    /// <summary>The heap of the original's TA, in bits: what is larger is not there to be had, where a number beyond the API's largest panics.</summary>
    private const uint HeapBits = 32 * 1024 * 8;

    [Command(Crypt.CommandArithNewVar)]
    public TeeResult ArithNewVar(ValueInput bits, ValueOutput made)
    {
        if (bits.A > HeapBits)
            return TeeResult.OutOfMemory;
        made.A = _numbers.Add(new BigInt((int)bits.A)) | KindOfBigInt;
        return TeeResult.Success;
    }

    [Command(Crypt.CommandArithNewFmmContext)]
    public void ArithNewFmmContext(ValueInput parameters, ValueOutput made) =>
        made.A = _numbers.Add(new FmmContext(Size(parameters.A), BigInt(parameters.B))) | KindOfFmmContext;

    [Command(Crypt.CommandArithNewFmmVar)]
    public TeeResult ArithNewFmmVar(ValueInput bits, ValueOutput made)
    {
        if (bits.A > HeapBits)
            return TeeResult.OutOfMemory;
        made.A = _numbers.Add(new FmmNumber((int)bits.A)) | KindOfFmmNumber;
        return TeeResult.Success;
    }

    [Command(Crypt.CommandArithFreeHandle)]
    public TeeResult ArithFreeHandle(ValueInput number) =>
        _numbers.Remove(number.A & ~KindMask) is null ? TeeResult.BadParameters : TeeResult.Success;

    private BigInt BigInt(uint number) => Named<BigInt>(number, KindOfBigInt);

    private FmmContext FmmContext(uint number) => Named<FmmContext>(number, KindOfFmmContext);

    private FmmNumber FmmNumber(uint number) => Named<FmmNumber>(number, KindOfFmmNumber);

    private T Named<T>(uint number, uint kind)
        where T : class => NamedOrNull<T>(number, kind) ?? throw new TeeException(TeeResult.BadParameters);

    private T? NamedOrNull<T>(uint number, uint kind)
        where T : class => (number & KindMask) == kind ? _numbers.Find(number & ~KindMask) as T : null;
}
