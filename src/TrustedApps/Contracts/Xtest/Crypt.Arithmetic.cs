namespace RestrictedTee.Contracts;

/// <summary>Its arithmetic. Numbers, contexts and FMM numbers go by numbers of the TA's own; a number of 32 bits with a sign is its bit pattern.</summary>
public static partial class Crypt
{
    /// <summary>TA_CRYPT_ARITH_INVALID_HANDLE: nobody asks for this result.</summary>
    public const uint ArithInvalidHandle = 0xFFFF_FFFF;

    /// <summary>TEE_BigIntInit. In: value[0].a bits. Out: value[1].a number.</summary>
    public const uint CommandArithNewVar = 46;

    /// <summary>TEE_BigIntInitFMMContext1. In: value[0].a bits, value[0].b modulus. Out: value[1].a context.</summary>
    public const uint CommandArithNewFmmContext = 47;

    /// <summary>TEE_BigIntInitFMM. In: value[0].a bits. Out: value[1].a FMM number.</summary>
    public const uint CommandArithNewFmmVar = 48;

    /// <summary>In: value[0].a, what one of the three before has made.</summary>
    public const uint CommandArithFreeHandle = 49;

    /// <summary>TEE_BigIntConvertFromOctetString. In: value[0].a number, value[0].b sign, memref[1] magnitude.</summary>
    public const uint CommandArithFromOctetString = 50;

    /// <summary>TEE_BigIntConvertFromS32. In: value[0].a number, value[0].b value.</summary>
    public const uint CommandArithFromS32 = 51;

    /// <summary>TEE_BigIntConvertToOctetString. In: value[0].a number. Out: value[1].a sign, memref[2] magnitude.</summary>
    public const uint CommandArithGetValue = 52;

    /// <summary>TEE_BigIntConvertToS32. In: value[0].a number. Out: value[1].a.</summary>
    public const uint CommandArithGetValueS32 = 53;

    /// <summary>TEE_BigIntGetBit. In: value[0].a number, value[0].b index. Out: value[1].a.</summary>
    public const uint CommandArithGetBit = 54;

    /// <summary>TEE_BigIntGetBitCount. In: value[0].a number. Out: value[1].a.</summary>
    public const uint CommandArithGetBitCount = 55;

    /// <summary>TEE_BigIntShiftRight. In: value[0].a number, value[0].b bits, value[1].a result.</summary>
    public const uint CommandArithShiftRight = 56;

    /// <summary>TEE_BigIntCmp. In: value[0]. Out: value[1].a.</summary>
    public const uint CommandArithCmp = 57;

    /// <summary>TEE_BigIntCmpS32. In: value[0].a number, value[0].b value. Out: value[1].a.</summary>
    public const uint CommandArithCmpS32 = 58;

    /// <summary>TEE_BigIntAdd. In: value[0] operands, value[1].a result.</summary>
    public const uint CommandArithAdd = 59;

    /// <summary>TEE_BigIntSub, as <see cref="CommandArithAdd"/>.</summary>
    public const uint CommandArithSub = 60;

    /// <summary>TEE_BigIntMul, as <see cref="CommandArithAdd"/>.</summary>
    public const uint CommandArithMul = 61;

    /// <summary>TEE_BigIntNeg. In: value[0].a number, value[0].b result.</summary>
    public const uint CommandArithNeg = 62;

    /// <summary>TEE_BigIntSquare, as <see cref="CommandArithNeg"/>.</summary>
    public const uint CommandArithSqr = 63;

    /// <summary>TEE_BigIntDiv. In: value[0] operands, value[1].a quotient, value[1].b remainder.</summary>
    public const uint CommandArithDiv = 64;

    /// <summary>TEE_BigIntMod. In: value[0].a number, value[0].b modulus, value[1].a result.</summary>
    public const uint CommandArithMod = 65;

    /// <summary>TEE_BigIntAddMod. In: value[0] operands, value[1].a modulus, value[1].b result.</summary>
    public const uint CommandArithAddMod = 66;

    /// <summary>TEE_BigIntSubMod, as <see cref="CommandArithAddMod"/>.</summary>
    public const uint CommandArithSubMod = 67;

    /// <summary>TEE_BigIntMulMod, as <see cref="CommandArithAddMod"/>.</summary>
    public const uint CommandArithMulMod = 68;

    /// <summary>TEE_BigIntSquareMod, as <see cref="CommandArithMod"/>.</summary>
    public const uint CommandArithSqrMod = 69;

    /// <summary>TEE_BigIntInvMod, as <see cref="CommandArithMod"/>.</summary>
    public const uint CommandArithInvMod = 70;

    /// <summary>TEE_BigIntRelativePrime. In: value[0]. Out: value[1].a.</summary>
    public const uint CommandArithIsRelativePrime = 71;

    /// <summary>TEE_BigIntComputeExtendedGcd. In: value[0] operands, value[1] u and v, or <see cref="ArithInvalidHandle"/>, value[2].a divisor.</summary>
    public const uint CommandArithComputeEgcd = 72;

    /// <summary>TEE_BigIntIsProbablePrime. In: value[0].a number, value[0].b confidence. Out: value[1].a.</summary>
    public const uint CommandArithIsPrime = 73;

    /// <summary>TEE_BigIntConvertToFMM. In: value[0].a number, value[0].b modulus, value[1].a context, value[1].b result.</summary>
    public const uint CommandArithToFmm = 74;

    /// <summary>TEE_BigIntConvertFromFMM. In: value[0].a FMM number, value[0].b modulus, value[1].a context, value[1].b result.</summary>
    public const uint CommandArithFromFmm = 75;

    /// <summary>TEE_BigIntComputeFMM. In: value[0] operands, value[1].a modulus, value[1].b context, value[2].a result.</summary>
    public const uint CommandArithComputeFmm = 76;

    /// <summary>TEE_BigIntAbs, as <see cref="CommandArithNeg"/>.</summary>
    public const uint CommandArithAbs = 81;

    /// <summary>TEE_BigIntSetBit. In: value[0].a number, value[0].b index, value[1].a bit.</summary>
    public const uint CommandArithSetBit = 82;

    /// <summary>TEE_BigIntAssign, as <see cref="CommandArithNeg"/>.</summary>
    public const uint CommandArithAssign = 83;

    /// <summary>TEE_BigIntExpMod. In: value[0].a number, value[0].b exponent, value[1].a modulus, value[1].b context or none, value[2].a result.</summary>
    public const uint CommandArithExpMod = 84;
}
