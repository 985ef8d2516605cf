using System.Buffers.Binary;
using System.Security.Cryptography;
using RestrictedTee.Contracts;
using RestrictedTee.Sdk;

namespace RestrictedTee.TrustedApps.SecureVideo;

/// <summary>Reads restricted content and tells a digest and a histogram of it; the contract is <see cref="ContentReader"/>.</summary>
[TrustedApp(ContentReader.UuidText, Flags = TaFlags.SecureDataPath, Description = "Content reader")]
public sealed class ContentReaderTa : TrustedApp
{
    [OpenSession]
    public static void Open(TaSession session) => session.Context = new Digest();

    [Command(ContentReader.CommandReset)]
    public static void Reset(TaSession session) => session.Get<Digest>().Reset();

    [Command(ContentReader.CommandUpdate)]
    public static TeeResult Update(TaSession session, MemrefInput content)
    {
        if (!content.IsRestricted)
            return TeeResult.BadParameters;
        session.Get<Digest>().Add(content.Span);
        return TeeResult.Success;
    }

    [Command(ContentReader.CommandFinish)]
    public static TeeResult Finish(TaSession session, MemrefOutput digest, MemrefOutput histogram)
    {
        if (digest.Size < ContentReader.DigestSize || histogram.Size < ContentReader.HistogramSize)
        {
            (digest.Size, histogram.Size) = (ContentReader.DigestSize, ContentReader.HistogramSize);
            return TeeResult.ShortBuffer;
        }

        session.Get<Digest>().Finish(digest.Span, histogram.Span);
        (digest.Size, histogram.Size) = (ContentReader.DigestSize, ContentReader.HistogramSize);
        return TeeResult.Success;
    }

    private sealed class Digest : IDisposable
    {
        private readonly IncrementalHash _sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        private readonly ulong[] _counts = new ulong[256];

        internal void Reset()
        {
            Span<byte> discarded = stackalloc byte[ContentReader.DigestSize];
            _sha256.GetHashAndReset(discarded);
            Array.Clear(_counts);
        }

        internal void Add(ReadOnlySpan<byte> content)
        {
            _sha256.AppendData(content);
            foreach (byte b in content)
                _counts[b]++;
        }

        internal void Finish(Span<byte> digest, Span<byte> histogram)
        {
            _sha256.GetHashAndReset(digest);
            for (int i = 0; i < _counts.Length; i++)
                BinaryPrimitives.WriteUInt64LittleEndian(histogram[(i * sizeof(ulong))..], _counts[i]);
            Array.Clear(_counts);
        }

        public void Dispose() => _sha256.Dispose();
    }
}
