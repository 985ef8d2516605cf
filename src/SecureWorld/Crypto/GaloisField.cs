namespace RestrictedTee.SecureWorld.Crypto;

/// <summary>The field of 2^128 elements modulo x^128 + x^7 + x^2 + x + 1, the first byte the lowest, as XTS counts (IEEE 1619 section 5.2).</summary>
internal static class GaloisField
{
    /// <summary>Times x.</summary>
    internal static UInt128 Double(UInt128 element) => (element << 1) ^ ((element >> 127) * 0x87);

    /// <summary>Times x to the power of <paramref name="count"/>.</summary>
    internal static UInt128 Double(UInt128 element, long count)
    {
        for (; count >= 64; count -= 64)
        {
            UInt128 high = element >> 64;
            element = (element << 64) ^ high ^ (high << 1) ^ (high << 2) ^ (high << 7);
        }

        for (; count > 0; count--)
            element = Double(element);
        return element;
    }
}
