using System.Runtime.InteropServices;

namespace RestrictedTee.SecureWorld.Interop;

/// <summary>What authenticated encryption has beside a cipher: nonces, data that is authenticated only, tags.</summary>
internal static partial class LibCrypto
{
    private const int CtrlSetNonceSize = 0x9; // EVP_CTRL_AEAD_SET_IVLEN
    private const int CtrlGetTag = 0x10; // EVP_CTRL_AEAD_GET_TAG
    private const int CtrlSetTag = 0x11; // EVP_CTRL_AEAD_SET_TAG

    /// <summary>The length of the nonce that follows with the key.</summary>
    internal static unsafe void SetNonceSize(EvpCipherHandle context, int size) =>
        Check(EvpCipherCtxCtrl(context, CtrlSetNonceSize, size, null), "EVP_CIPHER_CTX_ctrl");

    internal static unsafe void UpdateAad(EvpCipherHandle context, ReadOnlySpan<byte> data)
    {
        while (!data.IsEmpty)
        {
            int count = Math.Min(data.Length, MaxPiece);
            int written;
            fixed (byte* from = data)
                Check(EvpCipherUpdate(context, null, &written, from, count), "EVP_CipherUpdate");
            data = data[count..];
        }
    }

    /// <summary>Ends an encryption.</summary>
    internal static unsafe void FinishTag(EvpCipherHandle context, Span<byte> tag)
    {
        int written;
        byte nothing;
        Check(EvpCipherFinalEx(context, &nothing, &written), "EVP_CipherFinal_ex");
        fixed (byte* to = tag)
            Check(EvpCipherCtxCtrl(context, CtrlGetTag, tag.Length, to), "EVP_CIPHER_CTX_ctrl");
    }

    /// <summary>Ends a decryption, and says whether the tag was right; the library compares in constant time.</summary>
    internal static unsafe bool VerifyTag(EvpCipherHandle context, ReadOnlySpan<byte> tag)
    {
        int written;
        byte nothing;
        fixed (byte* from = tag)
            Check(EvpCipherCtxCtrl(context, CtrlSetTag, tag.Length, from), "EVP_CIPHER_CTX_ctrl");
        bool isRight = EvpCipherFinalEx(context, &nothing, &written) == 1;
        if (!isRight)
            ErrClearError();
        return isRight;
    }

    [LibraryImport(Library, EntryPoint = "EVP_CIPHER_CTX_ctrl")]
    private static unsafe partial int EvpCipherCtxCtrl(EvpCipherHandle context, int type, int argument, byte* pointer);

    [LibraryImport(Library, EntryPoint = "EVP_CipherFinal_ex")]
    private static unsafe partial int EvpCipherFinalEx(EvpCipherHandle context, byte* destination, int* written);
}
