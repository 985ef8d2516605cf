using RestrictedTee.Sdk;

namespace RestrictedTee.SecureWorld.Crypto.Schemes;

/// <summary>What holds of RSA keys whatever library computes with them.</summary>
internal static class RsaRules
{
    /// <summary>65537.</summary>
    internal static ReadOnlySpan<byte> DefaultExponent => [1, 0, 1];

    /// <summary>Modulus and exponent are odd, and the exponent is 3 or more and shorter than the modulus, or as long.</summary>
    internal static bool IsKey(KeyMaterial key)
    {
        ReadOnlySpan<byte> modulus = key[AttributeId.RsaModulus], exponent = key[AttributeId.RsaPublicExponent];
        return !modulus.IsEmpty && !exponent.IsEmpty && (modulus[^1] & 1) == 1 && (exponent[^1] & 1) == 1
            && (exponent.Length > 1 || exponent[0] >= 3)
            && (exponent.Length < modulus.Length || (exponent.Length == modulus.Length && exponent.SequenceCompareTo(modulus) < 0));
    }

    /// <summary>A new key has an odd exponent between 2^16 and 2^256 (NIST SP 800-56B section 6.2; check_pub_rsa_key upstream).</summary>
    internal static bool MayGenerateWith(ReadOnlySpan<byte> exponent) =>
        exponent.Length is >= 3 and <= 32 && (exponent[^1] & 1) == 1 && (exponent.Length > 3 || exponent.SequenceCompareTo(DefaultExponent) >= 0);

    /// <summary>Whether a number is below the modulus.</summary>
    internal static bool IsBelow(ReadOnlySpan<byte> number, ReadOnlySpan<byte> modulus)
    {
        number = number.TrimStart((byte)0);
        return number.Length < modulus.Length || (number.Length == modulus.Length && number.SequenceCompareTo(modulus) < 0);
    }
}
