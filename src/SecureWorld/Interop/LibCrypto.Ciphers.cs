using System.Runtime.InteropServices;

namespace RestrictedTee.SecureWorld.Interop;

/// <summary>EVP_CIPHER: one cipher with its key, wherever it has got.</summary>
internal sealed class EvpCipherHandle : LibCryptoHandle
{
    internal static EvpCipherHandle Create() => Created<EvpCipherHandle>(LibCrypto.EvpCipherCtxNew);

    /// <summary>The library cleanses the key schedule.</summary>
    protected override bool ReleaseHandle()
    {
        LibCrypto.EvpCipherCtxFree(handle);
        return true;
    }
}

/// <summary>Symmetric ciphers.</summary>
internal static partial class LibCrypto
{
    /// <summary>The most bytes of one call: its length is an int, and the library adds to it.</summary>
    private const int MaxPiece = 1 << 30;

    /// <summary>A cipher's name, or 0 when the library does not have it.</summary>
    internal static nint CipherByName(string name) => IsAvailable ? EvpGetCipherByName(name) : 0;

    /// <summary>Names the cipher, without padding and without a key.</summary>
    internal static unsafe void SetCipher(EvpCipherHandle context, nint cipher, bool encrypt)
    {
        Check(EvpCipherCtxReset(context), "EVP_CIPHER_CTX_reset");
        Check(EvpCipherInitEx(context, cipher, 0, null, null, encrypt ? 1 : 0), "EVP_CipherInit_ex");
        Check(EvpCipherCtxSetPadding(context, 0), "EVP_CIPHER_CTX_set_padding");
    }

    /// <summary>Keys it, and begins at the IV.</summary>
    internal static unsafe void SetKey(EvpCipherHandle context, ReadOnlySpan<byte> key, ReadOnlySpan<byte> iv)
    {
        const int AsItIs = -1;
        fixed (byte* k = key, i = iv)
            Check(EvpCipherInitEx(context, 0, 0, k, i, AsItIs), "EVP_CipherInit_ex");
    }

    /// <summary>Forgets cipher, key and progress.</summary>
    internal static void Forget(EvpCipherHandle context) => Check(EvpCipherCtxReset(context), "EVP_CIPHER_CTX_reset");

    internal static void Copy(EvpCipherHandle destination, EvpCipherHandle source) => Check(EvpCipherCtxCopy(destination, source), "EVP_CIPHER_CTX_copy");

    /// <summary>Of whole blocks, as many as go in come out.</summary>
    internal static unsafe void Update(EvpCipherHandle context, ReadOnlySpan<byte> source, Span<byte> destination)
    {
        destination = destination[..source.Length]; // the library does not look
        while (!source.IsEmpty)
        {
            int count = Math.Min(source.Length, MaxPiece);
            int written;
            fixed (byte* from = source, to = destination)
                Check(EvpCipherUpdate(context, to, &written, from, count), "EVP_CipherUpdate");
            source = source[count..];
            destination = destination[written..];
        }
    }

    [LibraryImport(Library, EntryPoint = "EVP_CIPHER_CTX_new")]
    internal static partial nint EvpCipherCtxNew();

    [LibraryImport(Library, EntryPoint = "EVP_CIPHER_CTX_free")]
    internal static partial void EvpCipherCtxFree(nint context);

    [LibraryImport(Library, EntryPoint = "EVP_CIPHER_CTX_reset")]
    private static partial int EvpCipherCtxReset(EvpCipherHandle context);

    [LibraryImport(Library, EntryPoint = "EVP_CIPHER_CTX_copy")]
    private static partial int EvpCipherCtxCopy(EvpCipherHandle destination, EvpCipherHandle source);

    [LibraryImport(Library, EntryPoint = "EVP_CIPHER_CTX_set_padding")]
    private static partial int EvpCipherCtxSetPadding(EvpCipherHandle context, int padding);

    [LibraryImport(Library, EntryPoint = "EVP_get_cipherbyname", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint EvpGetCipherByName(string name);

    [LibraryImport(Library, EntryPoint = "EVP_CipherInit_ex")]
    private static unsafe partial int EvpCipherInitEx(EvpCipherHandle context, nint cipher, nint engine, byte* key, byte* iv, int encrypt);

    [LibraryImport(Library, EntryPoint = "EVP_CipherUpdate")]
    private static unsafe partial int EvpCipherUpdate(EvpCipherHandle context, byte* destination, int* written, byte* source, int length);
}
