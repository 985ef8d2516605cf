using Org.BouncyCastle.Crypto.Digests;

namespace RestrictedTee.SecureWorld.Crypto.BouncyCastle;

/// <summary>SHAKE of BouncyCastle, which tells its result in pieces; of libcrypto only 3.3 and later do.</summary>
internal sealed class BouncyCastleXof : HashEngine
{
    private readonly ShakeDigest _digest;

    private BouncyCastleXof(ShakeDigest digest) => _digest = digest;

    /// <param name="strength">128 or 256.</param>
    internal static Provider<HashEngine> Shake(int strength) => new("BouncyCastle", () => true, _ => new BouncyCastleXof(new ShakeDigest(strength)));

    public override void Dispose() => _digest.Reset();

    internal override void Begin(ReadOnlySpan<byte> key) => _digest.Reset();

    internal override void Update(ReadOnlySpan<byte> chunk) => _digest.BlockUpdate(chunk);

    internal override void Finish(Span<byte> result) => _digest.OutputFinal(result);

    internal override void Squeeze(Span<byte> result) => _digest.Output(result);

    internal override void CopyFrom(HashEngine source) => _digest.Reset(((BouncyCastleXof)source)._digest);

    internal override void Forget()
    {
        // It has no key.
    }
}
