namespace RestrictedTee.Contracts;

/// <summary>
/// Looks at content in restricted memory and tells of it a digest alone: the stand-in for a display that must show what the
/// normal world must not have. Its only client is <see cref="ContentDecryptor"/>; one session is one content.
/// </summary>
/// <remarks>
/// <para>
/// What it tells: to whom is not the decryptor, nothing: no session opens (ACCESS_DENIED; BAD_PARAMETERS when anything is passed with it).
/// A digest of a range that the asker chooses is the range: 256 guesses find the byte, and windows that overlap find the rest,
/// so no least size would help. The reader therefore takes pieces only from the TA that wrote them.
/// </para>
/// <para>
/// To the decryptor it tells the digest of all pieces of the session, in their order, once. Where one piece ends and the next
/// begins does not show in it. What the decryptor makes of that is told at <see cref="ContentDecryptor"/>.
/// </para>
/// </remarks>
public static class ContentReader
{
    /// <summary>UUID.</summary>
    public const string UuidText = "4f9d2b60-7a38-4be1-8c55-e1a0937bd2c8";

    /// <summary>Reads the next piece. In: memref[0] restricted memory, else ACCESS_DENIED. BAD_STATE after the digest was told.</summary>
    public const uint CommandUpdate = 1;

    /// <summary>
    /// Out: memref[0] SHA-256 digest (32 bytes) of all pieces. Once: BAD_STATE from then on. SHORT_BUFFER tells nothing and ends
    /// nothing.
    /// </summary>
    public const uint CommandFinish = 2;

    /// <summary>Bytes of a digest.</summary>
    public const int DigestSize = 32;

    /// <summary>The UUID.</summary>
    public static readonly Guid Uuid = new(UuidText);
}
