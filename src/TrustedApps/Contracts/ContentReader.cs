namespace RestrictedTee.Contracts;

/// <summary>
/// Looks at content in restricted memory and tells of it only a digest and a byte histogram: the stand-in for a display that
/// must show what the normal world must not have.
/// </summary>
public static class ContentReader
{
    /// <summary>UUID.</summary>
    public const string UuidText = "4f9d2b60-7a38-4be1-8c55-e1a0937bd2c8";

    /// <summary>Starts over. No parameters.</summary>
    public const uint CommandReset = 0;

    /// <summary>Reads the next piece. In: memref[0] restricted memory.</summary>
    public const uint CommandUpdate = 1;

    /// <summary>Out: memref[0] SHA-256 digest (32 bytes) of all pieces, memref[1] histogram: 256 counts of 64 bits, little-endian.</summary>
    public const uint CommandFinish = 2;

    /// <summary>Bytes of a digest.</summary>
    public const int DigestSize = 32;

    /// <summary>Bytes of a histogram.</summary>
    public const int HistogramSize = 256 * sizeof(ulong);

    /// <summary>The UUID.</summary>
    public static readonly Guid Uuid = new(UuidText);
}
