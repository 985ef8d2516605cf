using RestrictedTee.SecureWorld.Interop;

namespace RestrictedTee.SecureWorld.Crypto.OpenSsl;

/// <summary>HMAC of the system's libcrypto, one context an engine.</summary>
internal sealed class OpenSslHmac : HashEngine
{
    private readonly HmacHandle _context = HmacHandle.Create();
    private readonly nint _digest;

    private OpenSslHmac(nint digest) => _digest = digest;

    /// <param name="digest">The library's name for the digest.</param>
    internal static Provider<HashEngine> Provider(string digest) =>
        new("OpenSSL", () => LibCrypto.DigestByName(digest) != 0, _ => new OpenSslHmac(LibCrypto.DigestByName(digest)));

    public override void Dispose() => _context.Dispose();

    internal override void Begin(ReadOnlySpan<byte> key) => LibCrypto.Begin(_context, key, _digest);

    internal override void Update(ReadOnlySpan<byte> chunk) => LibCrypto.Update(_context, chunk);

    internal override void Finish(Span<byte> result) => LibCrypto.Finish(_context, result);

    internal override void CopyFrom(HashEngine source) => LibCrypto.Copy(_context, ((OpenSslHmac)source)._context);

    internal override void Forget() => LibCrypto.Forget(_context);
}
