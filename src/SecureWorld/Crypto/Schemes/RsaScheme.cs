using RestrictedTee.Sdk;

namespace RestrictedTee.SecureWorld.Crypto.Schemes;

/// <summary>How RSA is padded.</summary>
/// <param name="Hash">The digest, by the name that both libraries know it by; null where what is signed says itself what it is.</param>
/// <param name="HashSize">Its size, in bytes.</param>
/// <param name="IsPss">Whether a signature has a salt.</param>
internal sealed record RsaScheme(string? Hash, int HashSize, bool IsPss)
{
    /// <summary>The salt of a signature: as a parameter says, else of the digest's size.</summary>
    /// <returns>Whether there is room for it under that modulus.</returns>
    internal bool TryGetSalt(AttributeReader parameters, int modulusSize, out int saltSize)
    {
        saltSize = HashSize;
        if (!IsPss)
            return true;
        if (parameters.TryFind(AttributeId.RsaPssSaltLength, out AttributeReader salt))
            saltSize = (int)Math.Min(salt.A, int.MaxValue);
        return saltSize <= modulusSize - HashSize - 2;
    }
}

/// <summary>The digests that go with signatures and encryption.</summary>
internal static class HashNames
{
    /// <summary>By the upper half of an algorithm's number: the name, and the size in bytes.</summary>
    internal static (string Name, int Size) Of(TeeAlgorithm digest) => digest switch
    {
        TeeAlgorithm.Md5 => ("MD5", 16),
        TeeAlgorithm.Sha1 => ("SHA1", 20),
        TeeAlgorithm.Sha224 => ("SHA224", 28),
        TeeAlgorithm.Sha256 => ("SHA256", 32),
        TeeAlgorithm.Sha384 => ("SHA384", 48),
        TeeAlgorithm.Sha512 => ("SHA512", 64),
        TeeAlgorithm.Sm3 => ("SM3", 32),
        TeeAlgorithm.Sha3Of224 => ("SHA3-224", 28),
        TeeAlgorithm.Sha3Of256 => ("SHA3-256", 32),
        TeeAlgorithm.Sha3Of384 => ("SHA3-384", 48),
        TeeAlgorithm.Sha3Of512 => ("SHA3-512", 64),
        _ => ("", 0),
    };
}
