using System.Security.Cryptography;
using RestrictedTee.Contracts;

namespace RestrictedTee.CommandLine.Play;

/// <summary>
/// How long the plaintext of an encrypted file is. Whoever installs a key declares it; in the field that is a licence server,
/// which has it from whoever packed the content. <c>rtee play</c> plays that part too: it was given the key, so that looking
/// at the padding in the last block tells it nothing that it could not have. The decryptor never looks (see its contract).
/// </summary>
internal static class ContentLength
{
    private const int Block = ContentDecryptor.KeySize;

    /// <exception cref="InvalidDataException">It is not whole blocks, or its padding is wrong: a wrong key, or not such a file.</exception>
    internal static long Of(Stream content, ReadOnlySpan<byte> key, ReadOnlySpan<byte> iv, uint mode)
    {
        long length = content.Length;
        if (mode == ContentDecryptor.ModeCtr)
            return length;
        if (length == 0 || length % Block != 0)
            throw new InvalidDataException($"CBC content is whole blocks of {Block} bytes, at least one; this is {length} bytes.");
        Span<byte> previous = stackalloc byte[Block], last = stackalloc byte[Block];
        if (length == Block)
        {
            iv.CopyTo(previous);
        }
        else
        {
            content.Position = length - (2 * Block);
            content.ReadExactly(previous);
        }

        content.Position = length - Block;
        content.ReadExactly(last);
        content.Position = 0;
        using var aes = Aes.Create();
        aes.SetKey(key);
        Span<byte> plain = stackalloc byte[Block];
        aes.DecryptCbc(last, previous, plain, PaddingMode.None);
        int padding = plain[^1];
        bool valid = padding is > 0 and <= Block && !plain[^padding..].ContainsAnyExcept((byte)padding);
        CryptographicOperations.ZeroMemory(plain);
        return valid ? length - padding : throw new InvalidDataException("The padding of the last block is wrong: another key or IV, or content that is not CBC with PKCS#7 padding.");
    }
}
