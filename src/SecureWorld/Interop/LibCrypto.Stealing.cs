using System.Runtime.InteropServices;

namespace RestrictedTee.SecureWorld.Interop;

/// <summary>Ciphertext stealing, which came with 3.0, and is known to it by the newer way of naming only.</summary>
internal static partial class LibCrypto
{
    private static readonly Lazy<nint[]> Stealing = new(() => [.. new[] { 128, 192, 256 }.Select(FetchStealing)]);

    /// <summary>Whether the library has it.</summary>
    internal static bool HasStealing => Stealing.Value[0] != 0;

    /// <summary>Names the cipher, in the third form of NIST's addendum to SP 800-38A: the last two blocks always change places.</summary>
    internal static unsafe void SetStealing(EvpCipherHandle context, int keySize, bool encrypt)
    {
        SetCipher(context, Stealing.Value[(keySize / 64) - 2], encrypt);
        fixed (byte* name = "cts_mode"u8, value = "CS3"u8)
        {
            ReadOnlySpan<Parameter> parameters = [Parameter.Of(name, ParameterKind.Text, value, 3), default];
            fixed (Parameter* first = parameters)
                Check(EvpCipherCtxSetParams(context, first), "EVP_CIPHER_CTX_set_params");
        }
    }

    private static nint FetchStealing(int keySize)
    {
        if (!HasParameters)
            return 0;
        nint cipher = EvpCipherFetch(0, $"AES-{keySize}-CBC-CTS", null);
        ErrClearError();
        return cipher;
    }

    [LibraryImport(Library, EntryPoint = "EVP_CIPHER_fetch", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint EvpCipherFetch(nint library, string name, string? properties);

    [LibraryImport(Library, EntryPoint = "EVP_CIPHER_CTX_set_params")]
    private static unsafe partial int EvpCipherCtxSetParams(EvpCipherHandle context, Parameter* parameters);
}
