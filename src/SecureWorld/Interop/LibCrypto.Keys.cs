using System.Runtime.InteropServices;

namespace RestrictedTee.SecureWorld.Interop;

/// <summary>EVP_PKEY: a key, or a pair.</summary>
internal sealed class EvpKeyHandle : LibCryptoHandle
{
    /// <summary>A key that the library has made.</summary>
    internal static EvpKeyHandle Own(nint key)
    {
        var owned = new EvpKeyHandle();
        owned.SetHandle(key);
        return owned;
    }

    /// <summary>The library cleanses what is secret.</summary>
    protected override bool ReleaseHandle()
    {
        LibCrypto.EvpPkeyFree(handle);
        return true;
    }
}

/// <summary>EVP_PKEY_CTX: a key at work, or a key in the making.</summary>
internal sealed class EvpKeyContextHandle : LibCryptoHandle
{
    internal static EvpKeyContextHandle For(EvpKeyHandle key) => Created<EvpKeyContextHandle>(() => LibCrypto.EvpPkeyCtxNewFromPkey(0, key, null));

    internal static EvpKeyContextHandle Named(string name) => Created<EvpKeyContextHandle>(() => LibCrypto.EvpPkeyCtxNewFromName(0, name, null));

    protected override bool ReleaseHandle()
    {
        LibCrypto.EvpPkeyCtxFree(handle);
        return true;
    }
}

/// <summary>Keys in and out, by parameters.</summary>
internal static partial class LibCrypto
{
    private const int KeyParameters = 0x84; // EVP_PKEY_KEY_PARAMETERS
    private const int PublicKey = 0x86; // EVP_PKEY_PUBLIC_KEY
    private const int KeyPair = 0x87; // EVP_PKEY_KEYPAIR

    /// <summary>A key of what it is made of; null when that is no key.</summary>
    /// <param name="type">The library's name for its type.</param>
    /// <param name="parts">What it is made of.</param>
    /// <param name="isPair">Whether there is a private part.</param>
    /// <param name="isParameters">Whether there is no key yet, only what one is to be made by.</param>
    internal static unsafe EvpKeyHandle? Import(string type, ParameterList parts, bool isPair, bool isParameters = false)
    {
        using EvpKeyContextHandle context = EvpKeyContextHandle.Named(type);
        nint key = 0;
        bool isKey = EvpPkeyFromDataInit(context) == 1;
        fixed (Parameter* first = parts.End())
            isKey = isKey && EvpPkeyFromData(context, &key, isParameters ? KeyParameters : isPair ? KeyPair : PublicKey, first) == 1;
        if (isKey)
            return EvpKeyHandle.Own(key);
        ErrClearError();
        return null;
    }

    /// <summary>Makes a key; null when there is none to be had by those parameters.</summary>
    internal static unsafe EvpKeyHandle? Generate(EvpKeyContextHandle context, ParameterList parameters)
    {
        nint key = 0;
        bool isMade = EvpPkeyKeygenInit(context) == 1 && TrySet(context, parameters) && EvpPkeyGenerate(context, &key) == 1;
        if (isMade)
            return EvpKeyHandle.Own(key);
        ErrClearError();
        return null;
    }

    /// <summary>A number of a key, big-endian and without leading zeroes.</summary>
    /// <returns>Its bytes; -1 when there is none, or not enough room.</returns>
    internal static unsafe int GetNumber(EvpKeyHandle key, string name, Span<byte> value)
    {
        nint number = 0;
        if (EvpPkeyGetBnParam(key, name, &number) != 1)
        {
            ErrClearError();
            return -1;
        }

        int size = (BnNumBits(number) + 7) / 8;
        bool isWritten = size <= value.Length;
        fixed (byte* to = value)
            isWritten = isWritten && BnBn2Bin(number, to) == size;
        BnClearFree(number);
        return isWritten ? size : -1;
    }

    /// <summary>Bytes of a key: a point, or a key of the newer curves.</summary>
    /// <returns>Their number; -1 when there are none, or not enough room.</returns>
    internal static unsafe int GetBytes(EvpKeyHandle key, string name, Span<byte> value)
    {
        nuint size;
        fixed (byte* to = value)
        {
            if (EvpPkeyGetOctetStringParam(key, name, to, (nuint)value.Length, &size) == 1)
                return (int)size;
        }

        ErrClearError();
        return -1;
    }

    /// <summary>Whether the private part of a pair on a curve is a number below the order.</summary>
    /// <param name="key">The pair.</param>
    /// <param name="isPair">Whether the public part must be its point.</param>
    internal static bool IsPrivateKey(EvpKeyHandle key, bool isPair)
    {
        using EvpKeyContextHandle context = EvpKeyContextHandle.For(key);
        bool isOne = EvpPkeyPrivateCheck(context) == 1 && (!isPair || EvpPkeyPairwiseCheck(context) == 1);
        if (!isOne)
            ErrClearError();
        return isOne;
    }

    private static unsafe bool TrySet(EvpKeyContextHandle context, ParameterList parameters)
    {
        fixed (Parameter* first = parameters.End())
            return EvpPkeyCtxSetParams(context, first) == 1;
    }

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_free")]
    internal static partial void EvpPkeyFree(nint key);

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_CTX_new_from_pkey", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint EvpPkeyCtxNewFromPkey(nint library, EvpKeyHandle key, string? properties);

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_CTX_new_from_name", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint EvpPkeyCtxNewFromName(nint library, string name, string? properties);

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_CTX_free")]
    internal static partial void EvpPkeyCtxFree(nint context);

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_CTX_set_params")]
    private static unsafe partial int EvpPkeyCtxSetParams(EvpKeyContextHandle context, Parameter* parameters);

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_fromdata_init")]
    private static partial int EvpPkeyFromDataInit(EvpKeyContextHandle context);

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_fromdata")]
    private static unsafe partial int EvpPkeyFromData(EvpKeyContextHandle context, nint* key, int selection, Parameter* parts);

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_keygen_init")]
    private static partial int EvpPkeyKeygenInit(EvpKeyContextHandle context);

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_generate")]
    private static unsafe partial int EvpPkeyGenerate(EvpKeyContextHandle context, nint* key);

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_pairwise_check")]
    private static partial int EvpPkeyPairwiseCheck(EvpKeyContextHandle context);

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_private_check")]
    private static partial int EvpPkeyPrivateCheck(EvpKeyContextHandle context);

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_get_bn_param", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int EvpPkeyGetBnParam(EvpKeyHandle key, string name, nint* number);

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_get_octet_string_param", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int EvpPkeyGetOctetStringParam(EvpKeyHandle key, string name, byte* value, nuint room, nuint* size);

    [LibraryImport(Library, EntryPoint = "BN_num_bits")]
    private static partial int BnNumBits(nint number);

    [LibraryImport(Library, EntryPoint = "BN_bn2bin")]
    private static unsafe partial int BnBn2Bin(nint number, byte* value);

    [LibraryImport(Library, EntryPoint = "BN_clear_free")]
    internal static partial void BnClearFree(nint number);
}
