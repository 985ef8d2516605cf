using RestrictedTee.Contracts;
using RestrictedTee.Sdk;

namespace RestrictedTee.TrustedApps.SecureVideo;

/// <summary>Reads restricted content and tells the decryptor a digest of it; the contract is <see cref="ContentReader"/>.</summary>
[TrustedApp(ContentReader.UuidText, Flags = TaFlags.SecureDataPath, Description = "Content reader")]
public sealed class ContentReaderTa : TrustedApp
{
    [OpenSession]
    public static TeeResult Open(TaSession session)
    {
        if (Tee.ClientIdentity != new TeeIdentity(TeeIdentity.LoginTrustedApp, ContentDecryptor.Uuid))
            return TeeResult.AccessDenied;
        session.Context = DigestOperation.Allocate(TeeAlgorithm.Sha256);
        return TeeResult.Success;
    }

    [Command(ContentReader.CommandUpdate)]
    public static TeeResult Update(TaSession session, MemrefInput content)
    {
        DigestOperation digest = session.Get<DigestOperation>();
        if (!content.IsRestricted)
            return TeeResult.AccessDenied;
        digest.Update(content.Span);
        return TeeResult.Success;
    }

    [Command(ContentReader.CommandFinish)]
    public static TeeResult Finish(TaSession session, MemrefOutput digest)
    {
        DigestOperation content = session.Get<DigestOperation>();
        TeeResult result = content.TryDoFinal([], digest.Span, out int size);
        digest.Size = size;
        if (result != TeeResult.Success)
            return result;
        session.Context = null; // told: whatever follows gets BAD_STATE
        content.Dispose();
        return TeeResult.Success;
    }
}
