using RestrictedTee.SecureWorld.Interop;

namespace RestrictedTee.SecureWorld.Crypto.OpenSsl;

/// <summary>
/// A digest of the system's libcrypto (EVP), one context an engine. .NET's IncrementalHash is a layer over the same, but cannot be
/// copied half way (TEE_CopyOperation).
/// </summary>
internal sealed class OpenSslDigest : HashEngine
{
    private readonly EvpDigestHandle _context = EvpDigestHandle.Create();
    private readonly nint _digest;

    private OpenSslDigest(nint digest) => _digest = digest;

    /// <param name="name">The library's name for it.</param>
    internal static Provider<HashEngine> Provider(string name) =>
        new("OpenSSL", () => LibCrypto.DigestByName(name) != 0, _ => new OpenSslDigest(LibCrypto.DigestByName(name)));

    public override void Dispose() => _context.Dispose();

    internal override void Begin(ReadOnlySpan<byte> key) => LibCrypto.Begin(_context, _digest);

    internal override void Update(ReadOnlySpan<byte> chunk) => LibCrypto.Update(_context, chunk);

    internal override void Finish(Span<byte> digest) => LibCrypto.Finish(_context, digest);

    internal override void CopyFrom(HashEngine source) => LibCrypto.Copy(_context, ((OpenSslDigest)source)._context);

    internal override void Forget()
    {
        // It has no key.
    }
}
