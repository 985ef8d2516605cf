using System.Runtime.InteropServices;

namespace RestrictedTee.SecureWorld.Interop;

/// <summary>Signatures, encryption and derivation with keys.</summary>
internal static partial class LibCrypto
{
    /// <summary>What a key is set to work at.</summary>
    internal enum Work
    {
        Sign,
        Verify,
        Encrypt,
        Decrypt,
        Derive,
    }

    /// <summary>Sets a key to work; null when it cannot be by those parameters.</summary>
    internal static EvpKeyContextHandle? Start(EvpKeyHandle key, Work work, ParameterList? parameters)
    {
        EvpKeyContextHandle context = EvpKeyContextHandle.For(key);
        int result = work switch
        {
            Work.Sign => EvpPkeySignInit(context),
            Work.Verify => EvpPkeyVerifyInit(context),
            Work.Encrypt => EvpPkeyEncryptInit(context),
            Work.Decrypt => EvpPkeyDecryptInit(context),
            _ => EvpPkeyDeriveInit(context),
        };
        if (result == 1 && (parameters is null || TrySet(context, parameters)))
            return context;
        ErrClearError();
        context.Dispose();
        return null;
    }

    /// <summary>Signs, encrypts or decrypts.</summary>
    /// <returns>Bytes written; -1 when it cannot be done.</returns>
    internal static unsafe int Operate(EvpKeyContextHandle context, Work work, ReadOnlySpan<byte> source, Span<byte> destination)
    {
        nuint size = (nuint)destination.Length;
        byte nothing = 0;
        fixed (byte* from = source, to = destination)
        {
            byte* data = from == null ? &nothing : from; // the library takes a null for a question
            int result = work switch
            {
                Work.Sign => EvpPkeySign(context, to, &size, data, (nuint)source.Length),
                Work.Encrypt => EvpPkeyEncrypt(context, to, &size, data, (nuint)source.Length),
                _ => EvpPkeyDecrypt(context, to, &size, data, (nuint)source.Length),
            };
            if (result == 1)
                return (int)size;
        }

        ErrClearError();
        return -1;
    }

    /// <summary>Whether a signature is of a digest.</summary>
    internal static unsafe bool Verify(EvpKeyContextHandle context, ReadOnlySpan<byte> digest, ReadOnlySpan<byte> signature)
    {
        bool isRight;
        byte nothing = 0;
        fixed (byte* d = digest, s = signature)
            isRight = EvpPkeyVerify(context, s == null ? &nothing : s, (nuint)signature.Length, d == null ? &nothing : d, (nuint)digest.Length) == 1;
        if (!isRight)
            ErrClearError();
        return isRight;
    }

    /// <summary>What two have in common.</summary>
    /// <returns>Bytes written; -1 when there is nothing.</returns>
    internal static unsafe int Derive(EvpKeyHandle key, EvpKeyHandle peer, bool keepsZeroes, Span<byte> secret)
    {
        using var padding = new ParameterList(64);
        padding.Number("pad", keepsZeroes ? 1u : 0);
        using EvpKeyContextHandle? context = Start(key, Work.Derive, keepsZeroes ? padding : null);
        nuint size = (nuint)secret.Length;
        fixed (byte* to = secret)
        {
            if (context is not null && EvpPkeyDeriveSetPeer(context, peer) == 1 && EvpPkeyDerive(context, to, &size) == 1)
                return (int)size;
        }

        ErrClearError();
        return -1;
    }

    /// <summary>Signs a whole message (the newer curves digest it themselves).</summary>
    /// <returns>Bytes written; -1 when it cannot be done.</returns>
    internal static unsafe int SignMessage(EvpDigestHandle context, EvpKeyHandle key, ReadOnlySpan<byte> message, Span<byte> signature)
    {
        nuint size = (nuint)signature.Length;
        byte nothing = 0;
        fixed (byte* from = message, to = signature)
        {
            if (EvpDigestSignInit(context, null, 0, 0, key) == 1 && EvpDigestSign(context, to, &size, from == null ? &nothing : from, (nuint)message.Length) == 1)
                return (int)size;
        }

        ErrClearError();
        return -1;
    }

    /// <summary>Whether a signature is of a whole message.</summary>
    internal static unsafe bool VerifyMessage(EvpDigestHandle context, EvpKeyHandle key, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        bool isRight;
        byte nothing = 0;
        fixed (byte* from = message, s = signature)
        {
            isRight = EvpDigestVerifyInit(context, null, 0, 0, key) == 1
                && EvpDigestVerify(context, s == null ? &nothing : s, (nuint)signature.Length, from == null ? &nothing : from, (nuint)message.Length) == 1;
        }

        if (!isRight)
            ErrClearError();
        return isRight;
    }

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_sign_init")]
    private static partial int EvpPkeySignInit(EvpKeyContextHandle context);

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_verify_init")]
    private static partial int EvpPkeyVerifyInit(EvpKeyContextHandle context);

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_encrypt_init")]
    private static partial int EvpPkeyEncryptInit(EvpKeyContextHandle context);

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_decrypt_init")]
    private static partial int EvpPkeyDecryptInit(EvpKeyContextHandle context);

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_derive_init")]
    private static partial int EvpPkeyDeriveInit(EvpKeyContextHandle context);

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_sign")]
    private static unsafe partial int EvpPkeySign(EvpKeyContextHandle context, byte* signature, nuint* size, byte* digest, nuint length);

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_verify")]
    private static unsafe partial int EvpPkeyVerify(EvpKeyContextHandle context, byte* signature, nuint size, byte* digest, nuint length);

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_encrypt")]
    private static unsafe partial int EvpPkeyEncrypt(EvpKeyContextHandle context, byte* destination, nuint* size, byte* source, nuint length);

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_decrypt")]
    private static unsafe partial int EvpPkeyDecrypt(EvpKeyContextHandle context, byte* destination, nuint* size, byte* source, nuint length);

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_derive_set_peer")]
    private static partial int EvpPkeyDeriveSetPeer(EvpKeyContextHandle context, EvpKeyHandle peer);

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_derive")]
    private static unsafe partial int EvpPkeyDerive(EvpKeyContextHandle context, byte* secret, nuint* size);

    [LibraryImport(Library, EntryPoint = "EVP_DigestSignInit")]
    private static unsafe partial int EvpDigestSignInit(EvpDigestHandle context, nint* keyContext, nint digest, nint engine, EvpKeyHandle key);

    [LibraryImport(Library, EntryPoint = "EVP_DigestSign")]
    private static unsafe partial int EvpDigestSign(EvpDigestHandle context, byte* signature, nuint* size, byte* message, nuint length);

    [LibraryImport(Library, EntryPoint = "EVP_DigestVerifyInit")]
    private static unsafe partial int EvpDigestVerifyInit(EvpDigestHandle context, nint* keyContext, nint digest, nint engine, EvpKeyHandle key);

    [LibraryImport(Library, EntryPoint = "EVP_DigestVerify")]
    private static unsafe partial int EvpDigestVerify(EvpDigestHandle context, byte* signature, nuint size, byte* message, nuint length);
}
