namespace RestrictedTee.SecureWorld.Crypto;

/// <summary>
/// Keys of DES and of triple DES (NIST SP 800-67 section 3.1) as one of three keys: a single DES is three times the same key, two keys are
/// the first one once more. Libraries without single DES have it that way.
/// </summary>
internal static class DesKey
{
    /// <summary>Bytes of the three keys.</summary>
    internal const int Size = 24;

    /// <summary>Writes the three keys, which the caller wipes.</summary>
    internal static void Expand(ReadOnlySpan<byte> key, Span<byte> three)
    {
        for (int at = 0; at < Size; at++)
            three[at] = key[at % key.Length];
    }
}
