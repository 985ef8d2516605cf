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
    public static TeeResult InstallKey(TaSession session, ValueInput mode, MemrefInput key, MemrefInput iv, ValueInput length)
    {
        ulong bytes = ((ulong)length.A << 32) | length.B;
        if (mode.A > ContentDecryptor.ModeCbc || mode.B > ContentDecryptor.FlagScanOut || bytes > ContentDecryptor.MaxLength)
            return TeeResult.BadParameters;
        if (key.IsRestricted || iv.IsRestricted)
            return TeeResult.AccessDenied; // plaintext taken for a key could be found by trial
        if (key.Size != ContentDecryptor.KeySize || iv.Size != ContentDecryptor.KeySize)
            return TeeResult.BadParameters;
        session.Get<ContentStream>().Install(mode.A, key.Span, iv.Span, bytes, mode.B);
        return TeeResult.Success;
    }

    [Command(ContentDecryptor.CommandDecrypt)]
    public static TeeResult Decrypt(TaSession session, MemrefInput ciphertext, MemrefOutput plaintext)
    {
        ContentStream stream = session.Get<ContentStream>();
        if (!stream.HasKey)
            return TeeResult.BadState;
        if (!plaintext.IsRestricted)
            return TeeResult.AccessDenied; // plaintext goes into restricted memory or nowhere
        if (!ciphertext.IsNormal)
            return TeeResult.BadParameters;
        TeeResult admitted = stream.Admit(ciphertext.Size);
        if (admitted != TeeResult.Success)
            return admitted;
        if (plaintext.Size < ciphertext.Size)
        {
            plaintext.Size = ciphertext.Size;
            return TeeResult.ShortBuffer;
        }

        if (stream.IsForTheScreen)
            Tee.LabelRestricted(plaintext, ContentDecryptor.DisplayController);
        else
            Tee.ClaimRestricted(plaintext, ContentReader.Uuid);
        plaintext.Size = stream.Decrypt(ciphertext.Span, plaintext.Span[..ciphertext.Size]);
        return TeeResult.Success;
    }

    [Command(ContentDecryptor.CommandDigest)]
    public static TeeResult Digest(TaSession session, MemrefOutput digest)
    {
        ContentStream stream = session.Get<ContentStream>();
        if (!stream.HasDigest)
            return TeeResult.BadState;
        if (digest.IsRestricted)
            return TeeResult.BadParameters;
        if (digest.Size < ContentReader.DigestSize)
        {
            digest.Size = ContentReader.DigestSize;
            return TeeResult.ShortBuffer;
        }

        Span<byte> result = stackalloc byte[ContentReader.DigestSize];
        stream.TellDigest(result);
        digest.Write(result);
        return TeeResult.Success;
    }
}
