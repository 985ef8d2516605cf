using System.Security.Cryptography;
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
        session.Context = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        return TeeResult.Success;
    }

    [Command(ContentReader.CommandUpdate)]
    public static TeeResult Update(TaSession session, MemrefInput content)
    {
        IncrementalHash digest = session.Get<IncrementalHash>();
        if (!content.IsRestricted)
            return TeeResult.AccessDenied;
        digest.AppendData(content.Span);
        return TeeResult.Success;
    }

    [Command(ContentReader.CommandFinish)]
    public static TeeResult Finish(TaSession session, MemrefOutput digest)
    {
        IncrementalHash content = session.Get<IncrementalHash>();
        Span<byte> result = stackalloc byte[ContentReader.DigestSize];
        if (digest.Size < result.Length)
        {
            digest.Size = result.Length;
            return TeeResult.ShortBuffer;
        }

        content.GetHashAndReset(result);
        session.Context = null; // told: whatever follows gets BAD_STATE
        content.Dispose();
        digest.Write(result);
        return TeeResult.Success;
    }
}
