using System.Security.Cryptography;
using RestrictedTee.Sdk;

namespace RestrictedTee.SecureWorld.Crypto.Schemes;

/// <summary>Numbers of a library: big-endian, and results without leading zeroes. They tell how many bytes a result has, -1 for none.</summary>
internal interface INumbers
{
    /// <summary>A power; the modulus is odd.</summary>
    int Power(ReadOnlySpan<byte> number, ReadOnlySpan<byte> exponent, ReadOnlySpan<byte> modulus, Span<byte> power);

    /// <summary>A product; the modulus is not zero.</summary>
    int Product(ReadOnlySpan<byte> number, ReadOnlySpan<byte> factor, ReadOnlySpan<byte> modulus, Span<byte> product);
}

/// <summary>
/// Whether the parts of a key over numbers belong together: "an incorrect or inconsistent attribute value" is BAD_PARAMETERS
/// (GPD_SPE_010 section 5.6.4). Upstream finds it out with the first use, or never: a coefficient that is wrong gives the primes away with the
/// first signature, a number of a small subgroup gives a private value away bit by bit.
/// </summary>
internal sealed class PairRules(INumbers numbers)
{
    private const int Largest = 1024; // bytes: more than the product of two numbers of any key

    /// <summary>
    /// Whether the public half of a pair is looked at against the private one. A derivation has no use for its own, and upstream's suite gives
    /// the other side's instead, so that it is at least a point (xtest_tee_test_4009).
    /// </summary>
    internal static bool HasOwnPublic(ObjectType type) => type != ObjectType.EcdhKeyPair;

    /// <summary>Whether the private exponent undoes the public one, and the primes and what was made of them are those of the modulus.</summary>
    internal bool IsRsaPair(KeyMaterial key)
    {
        ReadOnlySpan<byte> modulus = key[AttributeId.RsaModulus], exponent = key[AttributeId.RsaPublicExponent], secret = key[AttributeId.RsaPrivateExponent];
        if (!RsaRules.IsBelow(secret, modulus))
            return false;
        if (!key.Has(AttributeId.RsaPrime1))
        {
            Span<byte> power = stackalloc byte[Largest];
            int size = numbers.Power([2], exponent, modulus, power);
            return size > 0 && IsPower(power[..size], secret, modulus, [2]);
        }

        ReadOnlySpan<byte> first = key[AttributeId.RsaPrime1], second = key[AttributeId.RsaPrime2];
        if (!IsOdd(first) || !IsOdd(second) || first.Length + second.Length >= Largest)
            return false;
        Span<byte> beyond = stackalloc byte[first.Length + second.Length + 1];
        beyond.Clear();
        beyond[0] = 1;
        return IsProduct(first, second, beyond, modulus)
            && IsExponent(key[AttributeId.RsaExponent1], exponent, secret, first) && IsExponent(key[AttributeId.RsaExponent2], exponent, secret, second)
            && RsaRules.IsBelow(key[AttributeId.RsaCoefficient], first) && IsProduct(key[AttributeId.RsaCoefficient], second, first, [1]);
    }

    /// <summary>Whether there is such a group (FIPS 186-4 appendix A.1), a number of it, and it is the private one's.</summary>
    internal bool IsDsa(KeyMaterial key)
    {
        ReadOnlySpan<byte> prime = key[AttributeId.DsaPrime], order = key[AttributeId.DsaSubprime], generator = key[AttributeId.DsaBase], value = key[AttributeId.DsaPublicValue];
        if (!IsOdd(prime) || !IsOdd(order) || order.Length is not (20 or 28 or 32) || order[0] < 0x80 || !IsBetween(generator, prime) || !IsBetween(value, prime))
            return false;
        Span<byte> less = stackalloc byte[prime.Length];
        LessOne(prime, less);
        return IsProduct(less, [1], order, []) && IsPower(generator, order, prime, [1]) && IsPower(value, order, prime, [1])
            && (!key.Has(AttributeId.DsaPrivateValue) || IsPrivate(key[AttributeId.DsaPrivateValue], order, generator, prime, value));
    }

    /// <summary>
    /// Whether the public value is one of the group (NIST SP 800-56A section 5.6.2.3). It may be another's than the private one's, as in
    /// <see cref="HasOwnPublic"/>.
    /// </summary>
    internal bool IsDh(KeyMaterial key)
    {
        ReadOnlySpan<byte> prime = key[AttributeId.DhPrime], generator = key[AttributeId.DhBase], value = key[AttributeId.DhPublicValue];
        if (!IsOdd(prime) || !IsBetween(generator, prime) || !IsBetween(value, prime))
            return false;
        bool hasOrder = key.Has(AttributeId.DhSubprime);
        ReadOnlySpan<byte> order = hasOrder ? key[AttributeId.DhSubprime] : prime, secret = key[AttributeId.DhPrivateValue];
        return !secret.IsEmpty && RsaRules.IsBelow(secret, order) && (!hasOrder || (IsOdd(order) && IsPower(value, order, prime, [1])));
    }

    /// <summary>A number between 1 and the modulus less 1, neither of which counts.</summary>
    private static bool IsBetween(ReadOnlySpan<byte> number, ReadOnlySpan<byte> modulus)
    {
        Span<byte> less = stackalloc byte[modulus.Length];
        LessOne(modulus, less);
        return !number.IsEmpty && (number.Length > 1 || number[0] > 1) && RsaRules.IsBelow(number, less);
    }

    private static bool IsOdd(ReadOnlySpan<byte> number) => !number.IsEmpty && (number[^1] & 1) == 1 && (number.Length > 1 || number[0] > 1);

    /// <summary>Of an odd number.</summary>
    private static void LessOne(ReadOnlySpan<byte> number, Span<byte> less)
    {
        number.CopyTo(less);
        less[^1] &= 0xFE;
    }

    private bool IsPrivate(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> order, ReadOnlySpan<byte> generator, ReadOnlySpan<byte> prime, ReadOnlySpan<byte> value) =>
        !secret.IsEmpty && RsaRules.IsBelow(secret, order) && IsPower(generator, secret, prime, value);

    /// <summary>Whether it is the private exponent modulo a prime less 1, and undoes the public one there.</summary>
    private bool IsExponent(ReadOnlySpan<byte> part, ReadOnlySpan<byte> exponent, ReadOnlySpan<byte> secret, ReadOnlySpan<byte> prime)
    {
        Span<byte> less = stackalloc byte[prime.Length];
        LessOne(prime, less);
        bool isOne = IsProduct(secret, [1], less, part) && IsProduct(part, exponent, less, [1]);
        CryptographicOperations.ZeroMemory(less);
        return isOne;
    }

    private bool IsPower(ReadOnlySpan<byte> number, ReadOnlySpan<byte> exponent, ReadOnlySpan<byte> modulus, ReadOnlySpan<byte> expected)
    {
        Span<byte> power = stackalloc byte[Largest];
        int size = numbers.Power(number, exponent, modulus, power);
        return size >= 0 && power[..size].SequenceEqual(expected);
    }

    private bool IsProduct(ReadOnlySpan<byte> number, ReadOnlySpan<byte> factor, ReadOnlySpan<byte> modulus, ReadOnlySpan<byte> expected)
    {
        Span<byte> product = stackalloc byte[Largest];
        int size = numbers.Product(number, factor, modulus, product);
        bool isOne = size >= 0 && product[..size].SequenceEqual(expected);
        CryptographicOperations.ZeroMemory(product);
        return isOne;
    }
}
