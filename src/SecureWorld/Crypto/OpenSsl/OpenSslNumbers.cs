using RestrictedTee.SecureWorld.Crypto.Schemes;
using RestrictedTee.SecureWorld.Interop;

namespace RestrictedTee.SecureWorld.Crypto.OpenSsl;

/// <summary>Numbers of the system's libcrypto, which stay off the managed heap.</summary>
internal sealed class OpenSslNumbers : INumbers
{
    internal static PairRules Rules { get; } = new(new OpenSslNumbers());

    public int Power(ReadOnlySpan<byte> number, ReadOnlySpan<byte> exponent, ReadOnlySpan<byte> modulus, Span<byte> power) => LibCrypto.Power(number, exponent, modulus, power);

    public int Product(ReadOnlySpan<byte> number, ReadOnlySpan<byte> factor, ReadOnlySpan<byte> modulus, Span<byte> product) => LibCrypto.Product(number, factor, modulus, product);
}
