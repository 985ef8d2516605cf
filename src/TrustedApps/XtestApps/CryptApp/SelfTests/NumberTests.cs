using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Numerics;
using RestrictedTee.Sdk;

namespace RestrictedTee.TrustedApps.XtestApps.CryptApp.SelfTests;

/// <summary>Arithmetic, with answers that another implementation gave, and base64 with those of RFC 4648 (section 10).</summary>
internal static class NumberTests
{
    private const int Size = 512;

    private static readonly (string Plain, string Text)[] Texts =
        [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy")];

    /// <summary>The Internal Core API has none, so it is .NET's that is tested: that which certificates are read with.</summary>
    internal static bool Base64Texts()
    {
        Span<byte> output = stackalloc byte[16];
        foreach ((string plain, string text) in Texts)
        {
            byte[] bytes = System.Text.Encoding.ASCII.GetBytes(plain), encoded = System.Text.Encoding.ASCII.GetBytes(text);
            if (Base64.EncodeToUtf8(bytes, output, out _, out int size) != OperationStatus.Done || !output[..size].SequenceEqual(encoded))
                return false;
            if (Base64.DecodeFromUtf8(encoded, output, out _, out size) != OperationStatus.Done || !output[..size].SequenceEqual(bytes))
                return false;
        }

        return true;
    }

    internal static bool BigIntegers()
    {
        BigInt a = Number("0123456789abcdeffedcba9876543210f0e1d2c3b4a5968778695a4b3c2d1e0f");
        BigInt b = Number("fedcba98765432100123456789abcdef0f1e2d3c4b5a69788796a5b4c3d2e1f1");
        BigInt prime = Number("7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffed"), small = Number("0fedcba987654321");
        BigInt result = new(Size), remainder = new(Size);

        result.Mul(a, b);
        bool isProduct = Is(result, "0121fa00ad77d7431ff2e48e8a71de6aac953d0a63af53b7677bfb6e5d50d16695d023ae8ee2c85dc112b2bf56969d89786a3ed817e012913dfaa92b63327b1f");
        BigInt.Div(result, remainder, b, small);
        bool isQuotient = Is(result, "1000000000000000001249249249249238df5fc219fef3949f") && Is(remainder, "04e39730aacc1c72");
        result.ExpMod(a, b, prime);
        bool isPower = Is(result, "239ad9876a7a939a2e68b5ef431696b1897ad9ce2de0b6719ddaa87bfc76a08e");
        result.InvMod(a, prime);
        bool isInverse = Is(result, "59a240e04677ac3d9e917e981189de2b5f7c4ef794ce38aee030d901e09428c3");
        BigInt.ComputeExtendedGcd(result, null, null, Number("02b5"), Number("0261"));
        return isProduct && isQuotient && isPower && isInverse && Is(result, "15");
    }

    private static BigInt Number(string hex) => new(Size, BigInteger.Parse("0" + hex, NumberStyles.HexNumber, CultureInfo.InvariantCulture));

    private static bool Is(BigInt number, string hex) => number.Compare(Number(hex)) == 0;
}
