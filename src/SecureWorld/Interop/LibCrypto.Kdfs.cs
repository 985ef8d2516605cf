using System.Runtime.InteropServices;

namespace RestrictedTee.SecureWorld.Interop;

/// <summary>EVP_KDF_CTX: a derivation with its secret.</summary>
internal sealed class EvpKdfHandle : LibCryptoHandle
{
    internal static EvpKdfHandle Create(nint function) => Created<EvpKdfHandle>(() => LibCrypto.EvpKdfCtxNew(function));

    /// <summary>The library cleanses the secret.</summary>
    protected override bool ReleaseHandle()
    {
        LibCrypto.EvpKdfCtxFree(handle);
        return true;
    }
}

/// <summary>Key derivation functions.</summary>
internal static partial class LibCrypto
{
    /// <summary>Fills a secret; false when nothing is to be had by those parameters.</summary>
    internal static unsafe bool Derive(string name, ParameterList parameters, Span<byte> secret)
    {
        nint function = EvpKdfFetch(0, name, null);
        if (function == 0)
        {
            ErrClearError();
            return false;
        }

        using EvpKdfHandle context = EvpKdfHandle.Create(function);
        EvpKdfFree(function);
        fixed (Parameter* first = parameters.End())
        fixed (byte* to = secret)
        {
            if (EvpKdfDerive(context, to, (nuint)secret.Length, first) == 1)
                return true;
        }

        ErrClearError();
        return false;
    }

    [LibraryImport(Library, EntryPoint = "EVP_KDF_fetch", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint EvpKdfFetch(nint library, string name, string? properties);

    [LibraryImport(Library, EntryPoint = "EVP_KDF_free")]
    private static partial void EvpKdfFree(nint function);

    [LibraryImport(Library, EntryPoint = "EVP_KDF_CTX_new")]
    internal static partial nint EvpKdfCtxNew(nint function);

    [LibraryImport(Library, EntryPoint = "EVP_KDF_CTX_free")]
    internal static partial void EvpKdfCtxFree(nint context);

    [LibraryImport(Library, EntryPoint = "EVP_KDF_derive")]
    private static unsafe partial int EvpKdfDerive(EvpKdfHandle context, byte* secret, nuint length, Parameter* parameters);
}
