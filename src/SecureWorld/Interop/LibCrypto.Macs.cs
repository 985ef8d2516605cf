using System.Runtime.InteropServices;

namespace RestrictedTee.SecureWorld.Interop;

/// <summary>HMAC_CTX: one HMAC with its key, wherever it has got.</summary>
internal sealed class HmacHandle : LibCryptoHandle
{
    internal static HmacHandle Create() => Created<HmacHandle>(LibCrypto.HmacCtxNew);

    /// <summary>The library cleanses what it has made of the key.</summary>
    protected override bool ReleaseHandle()
    {
        LibCrypto.HmacCtxFree(handle);
        return true;
    }
}

/// <summary>CMAC_CTX: one CMAC with its key, wherever it has got.</summary>
internal sealed class CmacHandle : LibCryptoHandle
{
    internal static CmacHandle Create() => Created<CmacHandle>(LibCrypto.CmacCtxNew);

    /// <summary>The library cleanses what it has made of the key.</summary>
    protected override bool ReleaseHandle()
    {
        LibCrypto.CmacCtxFree(handle);
        return true;
    }
}

/// <summary>Message authentication codes (openssl/hmac.h, openssl/cmac.h).</summary>
internal static partial class LibCrypto
{
    internal static unsafe void Begin(HmacHandle context, ReadOnlySpan<byte> key, nint digest)
    {
        fixed (byte* k = key)
            Check(HmacInitEx(context, k, key.Length, digest, 0), "HMAC_Init_ex");
    }

    internal static unsafe void Update(HmacHandle context, ReadOnlySpan<byte> chunk)
    {
        fixed (byte* from = chunk)
            Check(HmacUpdate(context, from, (nuint)chunk.Length), "HMAC_Update");
    }

    /// <summary>The code, of which the caller knows that it fits.</summary>
    internal static unsafe void Finish(HmacHandle context, Span<byte> mac)
    {
        uint size;
        Span<byte> all = stackalloc byte[64]; // EVP_MAX_MD_SIZE: the library does not look
        fixed (byte* to = all)
            Check(HmacFinal(context, to, &size), "HMAC_Final");
        all[..(int)size].CopyTo(mac);
        all.Clear();
    }

    internal static void Copy(HmacHandle destination, HmacHandle source) => Check(HmacCtxCopy(destination, source), "HMAC_CTX_copy");

    internal static void Forget(HmacHandle context) => Check(HmacCtxReset(context), "HMAC_CTX_reset");

    internal static unsafe void Begin(CmacHandle context, ReadOnlySpan<byte> key, nint cipher)
    {
        fixed (byte* k = key)
            Check(CmacInit(context, k, (nuint)key.Length, cipher, 0), "CMAC_Init");
    }

    internal static unsafe void Update(CmacHandle context, ReadOnlySpan<byte> chunk)
    {
        fixed (byte* from = chunk)
            Check(CmacUpdate(context, from, (nuint)chunk.Length), "CMAC_Update");
    }

    /// <summary>As the HMAC's.</summary>
    internal static unsafe void Finish(CmacHandle context, Span<byte> mac)
    {
        nuint size;
        Span<byte> all = stackalloc byte[32]; // EVP_MAX_BLOCK_LENGTH
        fixed (byte* to = all)
            Check(CmacFinal(context, to, &size), "CMAC_Final");
        all[..(int)size].CopyTo(mac);
        all.Clear();
    }

    internal static void Copy(CmacHandle destination, CmacHandle source) => Check(CmacCtxCopy(destination, source), "CMAC_CTX_copy");

    internal static void Forget(CmacHandle context) => CmacCtxCleanup(context);

    [LibraryImport(Library, EntryPoint = "HMAC_CTX_new")]
    internal static partial nint HmacCtxNew();

    [LibraryImport(Library, EntryPoint = "HMAC_CTX_free")]
    internal static partial void HmacCtxFree(nint context);

    [LibraryImport(Library, EntryPoint = "HMAC_CTX_reset")]
    private static partial int HmacCtxReset(HmacHandle context);

    [LibraryImport(Library, EntryPoint = "HMAC_CTX_copy")]
    private static partial int HmacCtxCopy(HmacHandle destination, HmacHandle source);

    [LibraryImport(Library, EntryPoint = "HMAC_Init_ex")]
    private static unsafe partial int HmacInitEx(HmacHandle context, byte* key, int length, nint digest, nint engine);

    [LibraryImport(Library, EntryPoint = "HMAC_Update")]
    private static unsafe partial int HmacUpdate(HmacHandle context, byte* chunk, nuint length);

    [LibraryImport(Library, EntryPoint = "HMAC_Final")]
    private static unsafe partial int HmacFinal(HmacHandle context, byte* mac, uint* size);

    [LibraryImport(Library, EntryPoint = "CMAC_CTX_new")]
    internal static partial nint CmacCtxNew();

    [LibraryImport(Library, EntryPoint = "CMAC_CTX_free")]
    internal static partial void CmacCtxFree(nint context);

    [LibraryImport(Library, EntryPoint = "CMAC_CTX_cleanup")]
    private static partial void CmacCtxCleanup(CmacHandle context);

    [LibraryImport(Library, EntryPoint = "CMAC_CTX_copy")]
    private static partial int CmacCtxCopy(CmacHandle destination, CmacHandle source);

    [LibraryImport(Library, EntryPoint = "CMAC_Init")]
    private static unsafe partial int CmacInit(CmacHandle context, byte* key, nuint length, nint cipher, nint engine);

    [LibraryImport(Library, EntryPoint = "CMAC_Update")]
    private static unsafe partial int CmacUpdate(CmacHandle context, byte* chunk, nuint length);

    [LibraryImport(Library, EntryPoint = "CMAC_Final")]
    private static unsafe partial int CmacFinal(CmacHandle context, byte* mac, nuint* size);
}
