using System.Security.Cryptography;
using RestrictedTee.Contracts;
using RestrictedTee.Sdk;

namespace RestrictedTee.TrustedApps.SecureVideo;

/// <summary>Decrypts content from normal memory into restricted memory; the contract is <see cref="ContentDecryptor"/>.</summary>
[TrustedApp(ContentDecryptor.UuidText, Flags = TaFlags.SecureDataPath, Description = "Content decryptor", DataSize = 4096)]
public sealed class ContentDecryptorTa : TrustedApp
{
    [OpenSession]
    public static void Open(TaSession session) => session.Context = new ContentStream();

    [Command(ContentDecryptor.CommandInstallKey)]
    public static TeeResult InstallKey(TaSession session, ValueInput mode, MemrefInput key, MemrefInput iv)
    {
        if (mode.A > ContentDecryptor.ModeCbc || key.Size != ContentDecryptor.KeySize || iv.Size != ContentDecryptor.KeySize)
            return TeeResult.BadParameters;
        session.Get<ContentStream>().Install(mode.A, key.Span, iv.Span);
        return TeeResult.Success;
    }

    [Command(ContentDecryptor.CommandDecrypt)]
    public static TeeResult Decrypt(TaSession session, MemrefInput ciphertext, ValueInput last, MemrefOutput plaintext)
    {
        ContentStream stream = session.Get<ContentStream>();
        if (!stream.HasKey)
            return TeeResult.BadState;
        if (!plaintext.IsRestricted)
            return TeeResult.AccessDenied; // plaintext goes into restricted memory or nowhere
        if (!ciphertext.IsNormal)
            return TeeResult.BadParameters;
        if (plaintext.Size < ciphertext.Size)
        {
            plaintext.Size = ciphertext.Size;
            return TeeResult.ShortBuffer;
        }

        Tee.ClaimRestricted(plaintext, ContentReader.Uuid);
        int? written = stream.Decrypt(ciphertext.Span, plaintext.Span, last.A != 0);
        plaintext.Size = written ?? 0;
        return written is null ? TeeResult.BadParameters : TeeResult.Success;
    }
}

/// <summary>One stream of content: its key and where it has got to. The key lies in secure RAM.</summary>
internal sealed class ContentStream : IDisposable
{
    private const int BlockSize = AesCtr.BlockSize;

    private SecureMemory? _secret; // key, then the IV or the last block of ciphertext
    private uint _mode;
    private ulong _position;

    internal bool HasKey => _secret is not null;

    internal void Install(uint mode, ReadOnlySpan<byte> key, ReadOnlySpan<byte> iv)
    {
        _secret ??= SecureMemory.Allocate(2 * ContentDecryptor.KeySize);
        key.CopyTo(Key);
        iv.CopyTo(Iv);
        _mode = mode;
        _position = 0;
    }

    /// <returns>Bytes of plaintext, or null when the ciphertext is not whole blocks or its padding is wrong.</returns>
    internal int? Decrypt(ReadOnlySpan<byte> ciphertext, Span<byte> plaintext, bool last)
    {
        // .NET's AES keeps a copy of its key on the managed heap; it lives for one call, and Dispose clears it.
        using var aes = Aes.Create();
        aes.SetKey(Key);
        if (_mode == ContentDecryptor.ModeCbc)
            return DecryptCbc(aes, ciphertext, plaintext, last);
        AesCtr.Transform(aes, Iv, _position, ciphertext, plaintext);
        _position += (ulong)ciphertext.Length;
        return ciphertext.Length;
    }

    public void Dispose()
    {
        _secret?.Dispose();
        _secret = null;
    }

    private Span<byte> Key => _secret!.Span[..ContentDecryptor.KeySize];

    private Span<byte> Iv => _secret!.Span[ContentDecryptor.KeySize..];

    private int? DecryptCbc(Aes aes, ReadOnlySpan<byte> ciphertext, Span<byte> plaintext, bool last)
    {
        if (ciphertext.Length % BlockSize != 0 || (last && ciphertext.IsEmpty))
            return null;
        if (ciphertext.IsEmpty)
            return 0;

        // The ciphertext lies in memory that the normal world can change meanwhile, so the block that the next piece
        // continues from is read once, before it is decrypted.
        Span<byte> next = stackalloc byte[BlockSize];
        ciphertext[^BlockSize..].CopyTo(next);
        aes.DecryptCbc(ciphertext, Iv, plaintext, PaddingMode.None);
        next.CopyTo(Iv);
        return last ? RemovePadding(plaintext[..ciphertext.Length]) : ciphertext.Length;
    }

    /// <summary>PKCS#7 (RFC 5652 section 6.3). Looks at every byte of the last block whatever it finds, so that its time tells nothing.</summary>
    private static int? RemovePadding(Span<byte> plaintext)
    {
        int pad = plaintext[^1];
        int bad = pad is 0 or > BlockSize ? 1 : 0;
        for (int i = 1; i <= BlockSize; i++)
            bad |= i <= pad && plaintext[^i] != pad ? 1 : 0;
        if (bad != 0)
            return null;
        plaintext[^pad..].Clear();
        return plaintext.Length - pad;
    }
}
