using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Security;
using Org.BouncyCastle.Utilities;

namespace RestrictedTee.SecureWorld.Crypto.BouncyCastle;

/// <summary>A digest of BouncyCastle.</summary>
internal sealed class BouncyCastleDigest : HashEngine
{
    private readonly IDigest _digest;

    private BouncyCastleDigest(IDigest digest) => _digest = digest;

    /// <param name="name">The library's name for it.</param>
    internal static Provider<HashEngine> Provider(string name) => new("BouncyCastle", () => true, _ => new BouncyCastleDigest(DigestUtilities.GetDigest(name)));

    public override void Dispose() => _digest.Reset();

    internal override void Begin(ReadOnlySpan<byte> key) => _digest.Reset();

    internal override void Update(ReadOnlySpan<byte> chunk) => _digest.BlockUpdate(chunk);

    internal override void Finish(Span<byte> digest) => _digest.DoFinal(digest);

    internal override void CopyFrom(HashEngine source) => ((IMemoable)_digest).Reset((IMemoable)((BouncyCastleDigest)source)._digest);

    internal override void Forget()
    {
        // It has no key.
    }
}
