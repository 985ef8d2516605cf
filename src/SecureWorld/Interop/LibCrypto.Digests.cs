using System.Runtime.InteropServices;

namespace RestrictedTee.SecureWorld.Interop;

/// <summary>EVP_MD: one digest, wherever it has got.</summary>
internal sealed class EvpDigestHandle : LibCryptoHandle
{
    internal static EvpDigestHandle Create() => Created<EvpDigestHandle>(LibCrypto.EvpMdCtxNew);

    /// <summary>The library cleanses what it has read last.</summary>
    protected override bool ReleaseHandle()
    {
        LibCrypto.EvpMdCtxFree(handle);
        return true;
    }
}

/// <summary>Digests.</summary>
internal static partial class LibCrypto
{
    /// <summary>A digest's name, or 0 when the library does not have it.</summary>
    internal static nint DigestByName(string name) => IsAvailable ? EvpGetDigestByName(name) : 0;

    internal static void Begin(EvpDigestHandle context, nint digest) => Check(EvpDigestInitEx(context, digest, 0), "EVP_DigestInit_ex");

    internal static unsafe void Update(EvpDigestHandle context, ReadOnlySpan<byte> chunk)
    {
        fixed (byte* from = chunk)
            Check(EvpDigestUpdate(context, from, (nuint)chunk.Length), "EVP_DigestUpdate");
    }

    /// <summary>The digest, of which the caller knows that it fits.</summary>
    internal static unsafe void Finish(EvpDigestHandle context, Span<byte> digest)
    {
        uint size;
        Span<byte> all = stackalloc byte[64]; // EVP_MAX_MD_SIZE: the library does not look
        fixed (byte* to = all)
            Check(EvpDigestFinalEx(context, to, &size), "EVP_DigestFinal_ex");
        all[..(int)size].CopyTo(digest);
        all.Clear();
    }

    internal static void Copy(EvpDigestHandle destination, EvpDigestHandle source) => Check(EvpMdCtxCopyEx(destination, source), "EVP_MD_CTX_copy_ex");

    [LibraryImport(Library, EntryPoint = "EVP_MD_CTX_new")]
    internal static partial nint EvpMdCtxNew();

    [LibraryImport(Library, EntryPoint = "EVP_MD_CTX_free")]
    internal static partial void EvpMdCtxFree(nint context);

    [LibraryImport(Library, EntryPoint = "EVP_MD_CTX_copy_ex")]
    private static partial int EvpMdCtxCopyEx(EvpDigestHandle destination, EvpDigestHandle source);

    [LibraryImport(Library, EntryPoint = "EVP_get_digestbyname", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint EvpGetDigestByName(string name);

    [LibraryImport(Library, EntryPoint = "EVP_DigestInit_ex")]
    private static partial int EvpDigestInitEx(EvpDigestHandle context, nint digest, nint engine);

    [LibraryImport(Library, EntryPoint = "EVP_DigestUpdate")]
    private static unsafe partial int EvpDigestUpdate(EvpDigestHandle context, byte* chunk, nuint length);

    [LibraryImport(Library, EntryPoint = "EVP_DigestFinal_ex")]
    private static unsafe partial int EvpDigestFinalEx(EvpDigestHandle context, byte* digest, uint* size);
}
