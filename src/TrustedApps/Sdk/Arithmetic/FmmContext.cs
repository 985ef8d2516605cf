using System.Numerics;
using System.Runtime.CompilerServices;

namespace RestrictedTee.Sdk;

/// <summary>
/// A modulus for many multiplications (TEE_BigIntFMMContext, GPD_SPE_010 section 8.10). GlobalPlatform leaves open what is made of the numbers;
/// here it is nothing, and it is no faster.
/// </summary>
public sealed class FmmContext
{
    /// <summary>TEE_BigIntInitFMMContext1. Panics for a modulus that is even, or below 3, or has more bits than are asked for.</summary>
    /// <param name="size">The largest modulus, in bits.</param>
    /// <param name="modulus">The modulus.</param>
    public FmmContext(int size, BigInt modulus)
    {
        ArgumentNullException.ThrowIfNull(modulus);
        Contract.Require(modulus.Value > 2 && !modulus.Value.IsEven && modulus.BitCount <= size, nameof(FmmContext), ".ctor");
        Modulus = modulus.Value;
    }

    internal BigInteger Modulus { get; }

    /// <summary>TEE_BigIntFMMContextSizeInU32: words that upstream's form takes up.</summary>
    public static int SizeInU32(int size) => BigInt.SizeInU32(size);
}

/// <summary>A number for fast multiplication (TEE_BigIntFMM).</summary>
public sealed class FmmNumber
{
    private BigInteger _value;

    /// <summary>TEE_BigIntInitFMM: zero.</summary>
    /// <param name="size">The largest modulus that it goes with, in bits.</param>
    public FmmNumber(int size)
    {
        Contract.Require(size is >= 0 and <= BigInt.MaxSize, nameof(FmmNumber), ".ctor");
        Size = size;
    }

    /// <summary>The largest modulus that it goes with, in bits.</summary>
    public int Size { get; }

    /// <summary>TEE_BigIntFMMSizeInU32: words that upstream's form takes up.</summary>
    public static int SizeInU32(int size) => BigInt.SizeInU32(size);

    /// <summary>TEE_BigIntConvertToFMM. Panics when the modulus is larger than this goes with.</summary>
    public void ConvertFrom(BigInt source, BigInt modulus, FmmContext context)
    {
        ArgumentNullException.ThrowIfNull(source);
        Require(modulus, context);
        BigInteger rest = source.Value % context.Modulus;
        _value = rest.Sign < 0 ? rest + context.Modulus : rest;
    }

    /// <summary>TEE_BigIntConvertFromFMM.</summary>
    public void ConvertTo(BigInt destination, BigInt modulus, FmmContext context)
    {
        ArgumentNullException.ThrowIfNull(destination);
        Require(modulus, context);
        var value = new BigInt(BigInt.MaxSize, _value);
        Contract.Require(destination.TryAssign(value), nameof(FmmNumber), nameof(ConvertTo));
    }

    /// <summary>TEE_BigIntComputeFMM: the product of two.</summary>
    public void Compute(FmmNumber a, FmmNumber b, BigInt modulus, FmmContext context)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        Require(modulus, context);
        _value = a._value * b._value % context.Modulus;
    }

    private void Require(BigInt modulus, FmmContext context, [CallerMemberName] string member = "")
    {
        ArgumentNullException.ThrowIfNull(modulus);
        ArgumentNullException.ThrowIfNull(context);
        Contract.Require(modulus.Value == context.Modulus && modulus.BitCount <= Size, nameof(FmmNumber), member);
    }
}
