namespace RestrictedTee.Contracts;

/// <summary>
/// Decrypts content into restricted memory: the key comes over a session, ciphertext from normal memory, and plaintext goes
/// into a restricted buffer or nowhere. The buffers are claimed, and only the content reader may read them.
/// </summary>
public static class ContentDecryptor
{
    /// <summary>UUID.</summary>
    public const string UuidText = "b7e0a6f2-5c1d-4d0e-9a3b-7f42c8d61e05";

    /// <summary>
    /// Installs a key. In: value[0].a <see cref="ModeCtr"/> or <see cref="ModeCbc"/>, memref[1] key of 16 bytes, memref[2] IV or
    /// initial counter of 16 bytes. Starts over at the beginning of the content.
    /// </summary>
    public const uint CommandInstallKey = 0;

    /// <summary>
    /// Decrypts the next piece. In: memref[0] ciphertext in normal memory, value[1].a 1 for the last piece (CBC then takes the
    /// padding off). Out: memref[2] restricted memory, its size the number of plaintext bytes. CTR takes any size, CBC whole blocks.
    /// SHORT_BUFFER when the output is smaller than the input; ACCESS_DENIED when it is not restricted; BAD_STATE without a key.
    /// </summary>
    public const uint CommandDecrypt = 1;

    /// <summary>AES-128-CTR with a 128-bit big-endian counter, as openssl enc -aes-128-ctr has it.</summary>
    public const uint ModeCtr = 0;

    /// <summary>AES-128-CBC with PKCS#7 padding, as openssl enc -aes-128-cbc has it.</summary>
    public const uint ModeCbc = 1;

    /// <summary>Bytes of a key and of an IV.</summary>
    public const int KeySize = 16;

    /// <summary>The UUID.</summary>
    public static readonly Guid Uuid = new(UuidText);
}
