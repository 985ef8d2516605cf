namespace RestrictedTee.Contracts;

/// <summary>
/// Decrypts content into restricted memory: the key comes over a session, ciphertext from normal memory, and plaintext goes
/// into a restricted buffer or nowhere. A session is a stream, with an instance of its own; the buffers that it writes to are
/// labelled as this stream's, before their first byte, and beside it only the content reader may read them, or, when whoever
/// installed the key says so (<see cref="FlagScanOut"/>), the display controller.
/// </summary>
/// <remarks>
/// <para>
/// What it tells: of plaintext nothing but, when whoever installed the key allows it (<see cref="FlagShow"/>), one digest. Each
/// result code and each size follows from lengths, from the order of commands and from who holds a buffer, never from a byte
/// of plaintext. CBC's padding is not even looked at: the installer of the key declares how long the content is, what lies
/// beyond is cleared unread, so there is no padding to ask about, by result or by size.
/// </para>
/// <para>
/// The digest is of what this stream wrote: whole, in order, once. Whole, because it is told only after exactly the declared
/// length was written, and pieces beyond that are refused. In order and once, because each piece goes to the reader from TA to
/// TA in the very call that wrote it, and because the key is gone after the last byte: no piece is written twice, none is left
/// out, and a second digest takes the key again. So it depends on the ciphertext and on what the installer of the key
/// declared, and on no range that a client chooses: how the content is cut into pieces and where in which buffer they are put
/// does not show in it.
/// </para>
/// <para>
/// Nothing secret comes in where it would be told: key and IV are refused when they lie in restricted memory (16 bytes of
/// plaintext taken for a key, or an IV, would be found by trial, byte by byte from the end), and so is ciphertext. Nobody else
/// can look on: a second stream that is passed a buffer of this one does not reach it, not even the call begins.
/// </para>
/// <para>
/// The limits of this: who installs the key declares the length and whether to show, and is trusted with both (it could as
/// well decrypt the content itself). Content of a few bytes, or of which all but a few bytes are known, has a digest that can
/// be guessed; the installer should not have that shown.
/// </para>
/// </remarks>
public static class ContentDecryptor
{
    /// <summary>UUID.</summary>
    public const string UuidText = "b7e0a6f2-5c1d-4d0e-9a3b-7f42c8d61e05";

    /// <summary>
    /// Installs a key. In: value[0].a <see cref="ModeCtr"/> or <see cref="ModeCbc"/>, .b flags (<see cref="FlagShow"/> or <see cref="FlagScanOut"/>, or neither);
    /// memref[1] key of 16 bytes; memref[2] IV or initial counter of 16 bytes; value[3].a and .b upper and lower half of the
    /// length of the plaintext in bytes. Starts over at the beginning of the content; what an earlier one has not told it never
    /// will. ACCESS_DENIED when key or IV lies in restricted memory; BAD_PARAMETERS for anything else that is not as above, or
    /// for a length above <see cref="MaxLength"/>.
    /// </summary>
    public const uint CommandInstallKey = 0;

    /// <summary>
    /// Decrypts the next piece. In: memref[0] ciphertext in normal memory, at least one byte; CBC takes whole blocks. Out:
    /// memref[1] restricted memory, its size the number of plaintext bytes, less than that of the ciphertext where CBC's padding
    /// is. BAD_STATE without a key, and when the content is complete; ACCESS_DENIED when the output is not restricted, or when
    /// another stream has it; ITEM_NOT_FOUND when the content is for the screen, and the board has no display controller; BUSY when somebody is using it; EXCESS_DATA for a piece that goes beyond the declared length (for
    /// CBC: that length padded, as PKCS#7 pads, to whole blocks); SHORT_BUFFER when the output is smaller than the ciphertext.
    /// After the last byte the key is wiped.
    /// </summary>
    public const uint CommandDecrypt = 1;

    /// <summary>
    /// Tells the digest of the content. Out: memref[0], not restricted, the SHA-256 digest of <see cref="ContentReader.DigestSize"/>
    /// bytes. Once, and BAD_STATE unless the key came with <see cref="FlagShow"/> and all of the declared content was written.
    /// SHORT_BUFFER tells nothing and ends nothing.
    /// </summary>
    public const uint CommandDigest = 2;

    /// <summary>AES-128-CTR with a 128-bit big-endian counter, as openssl enc -aes-128-ctr has it.</summary>
    public const uint ModeCtr = 0;

    /// <summary>AES-128-CBC with PKCS#7 padding, as openssl enc -aes-128-cbc has it.</summary>
    public const uint ModeCbc = 1;

    /// <summary>Every piece is passed on to the content reader as it is written, and its digest of the whole may be told.</summary>
    public const uint FlagShow = 1;

    /// <summary>
    /// What is written is a picture for the screen: the display controller may read it, and the content reader may not. It is seen on the
    /// screen, and nowhere else.
    /// </summary>
    public const uint FlagScanOut = 2;

    /// <summary>The board's name of who then reads it.</summary>
    public const string DisplayController = "display-controller";

    /// <summary>Bytes of a key, of an IV and of a block.</summary>
    public const int KeySize = 16;

    /// <summary>The longest content: its padded length is still a signed 64-bit number.</summary>
    public const ulong MaxLength = long.MaxValue - KeySize;

    /// <summary>The UUID.</summary>
    public static readonly Guid Uuid = new(UuidText);

    /// <summary>How long the ciphertext of content of a given length is.</summary>
    public static ulong CiphertextLength(uint mode, ulong length) =>
        mode == ModeCbc ? ((length / KeySize) + 1) * KeySize : length; // RFC 5652 section 6.3: at least one byte of padding
}
