using System.Runtime.InteropServices;

namespace RestrictedTee.SecureWorld.Interop;

/// <summary>BIGNUM: a number, which the library wipes.</summary>
internal sealed class BigNumberHandle : LibCryptoHandle
{
    internal static BigNumberHandle Create() => Created<BigNumberHandle>(LibCrypto.BnSecureNew);

    internal static unsafe BigNumberHandle Of(ReadOnlySpan<byte> value)
    {
        BigNumberHandle number = Create();
        fixed (byte* from = value)
        {
            if (LibCrypto.BnBin2Bn(from, value.Length, number) != 0)
                return number;
        }

        number.Dispose();
        throw new InsufficientMemoryException($"libcrypto has no memory for a number of {value.Length} bytes.");
    }

    protected override bool ReleaseHandle()
    {
        LibCrypto.BnClearFree(handle);
        return true;
    }
}

/// <summary>BN_CTX: room for what the library reckons with.</summary>
internal sealed class BigNumberContextHandle : LibCryptoHandle
{
    internal static BigNumberContextHandle Create() => Created<BigNumberContextHandle>(LibCrypto.BnCtxSecureNew);

    protected override bool ReleaseHandle()
    {
        LibCrypto.BnCtxFree(handle);
        return true;
    }
}

/// <summary>Numbers of any size, big-endian.</summary>
internal static partial class LibCrypto
{
    /// <summary>A power, in a time that does not depend on the exponent, which may be secret. The modulus is odd.</summary>
    /// <returns>Its bytes, without leading zeroes; -1 when there is none.</returns>
    internal static int Power(ReadOnlySpan<byte> number, ReadOnlySpan<byte> exponent, ReadOnlySpan<byte> modulus, Span<byte> power)
    {
        using BigNumberHandle n = BigNumberHandle.Of(number), e = BigNumberHandle.Of(exponent), m = BigNumberHandle.Of(modulus), result = BigNumberHandle.Create();
        using BigNumberContextHandle context = BigNumberContextHandle.Create();
        return Write(BnModExpMontConsttime(result, n, e, m, context, 0), result, power);
    }

    /// <summary>A product.</summary>
    /// <returns>As of a power.</returns>
    internal static int Product(ReadOnlySpan<byte> number, ReadOnlySpan<byte> factor, ReadOnlySpan<byte> modulus, Span<byte> product)
    {
        using BigNumberHandle n = BigNumberHandle.Of(number), f = BigNumberHandle.Of(factor), m = BigNumberHandle.Of(modulus), result = BigNumberHandle.Create();
        using BigNumberContextHandle context = BigNumberContextHandle.Create();
        return Write(BnModMul(result, n, f, m, context), result, product);
    }

    private static unsafe int Write(int isMade, BigNumberHandle number, Span<byte> value)
    {
        int size = (BnNumBits(number.DangerousGetHandle()) + 7) / 8;
        if (isMade != 1 || size > value.Length)
        {
            ErrClearError();
            return -1;
        }

        fixed (byte* to = value)
            size = BnBn2Bin(number.DangerousGetHandle(), to);
        GC.KeepAlive(number);
        return size;
    }

    [LibraryImport(Library, EntryPoint = "BN_secure_new")]
    internal static partial nint BnSecureNew();

    [LibraryImport(Library, EntryPoint = "BN_CTX_secure_new")]
    internal static partial nint BnCtxSecureNew();

    [LibraryImport(Library, EntryPoint = "BN_CTX_free")]
    internal static partial void BnCtxFree(nint context);

    [LibraryImport(Library, EntryPoint = "BN_bin2bn")]
    internal static unsafe partial nint BnBin2Bn(byte* value, int length, BigNumberHandle number);

    [LibraryImport(Library, EntryPoint = "BN_mod_exp_mont_consttime")]
    private static partial int BnModExpMontConsttime(BigNumberHandle result, BigNumberHandle number, BigNumberHandle exponent, BigNumberHandle modulus, BigNumberContextHandle context, nint montgomery);

    [LibraryImport(Library, EntryPoint = "BN_mod_mul")]
    private static partial int BnModMul(BigNumberHandle result, BigNumberHandle number, BigNumberHandle factor, BigNumberHandle modulus, BigNumberContextHandle context);
}
