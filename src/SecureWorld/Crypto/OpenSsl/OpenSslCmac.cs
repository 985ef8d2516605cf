using RestrictedTee.SecureWorld.Interop;

namespace RestrictedTee.SecureWorld.Crypto.OpenSsl;

/// <summary>CMAC of the system's libcrypto, one context an engine.</summary>
internal sealed class OpenSslCmac : HashEngine
{
    private readonly CmacHandle _context = CmacHandle.Create();
    private readonly Func<int, string> _nameOf;

    private OpenSslCmac(Func<int, string> nameOf) => _nameOf = nameOf;

    /// <param name="keySize">A size of key that tells whether the library has the cipher, in bits.</param>
    /// <param name="nameOf">The library's name for the cipher in CBC with a key of so many bits.</param>
    internal static Provider<HashEngine> Provider(int keySize, Func<int, string> nameOf) =>
        new("OpenSSL", () => LibCrypto.CipherByName(nameOf(keySize)) != 0, _ => new OpenSslCmac(nameOf));

    public override void Dispose() => _context.Dispose();

    internal override void Begin(ReadOnlySpan<byte> key) => LibCrypto.Begin(_context, key, LibCrypto.CipherByName(_nameOf(key.Length * 8)));

    internal override void Update(ReadOnlySpan<byte> chunk) => LibCrypto.Update(_context, chunk);

    internal override void Finish(Span<byte> result) => LibCrypto.Finish(_context, result);

    internal override void CopyFrom(HashEngine source) => LibCrypto.Copy(_context, ((OpenSslCmac)source)._context);

    internal override void Forget() => LibCrypto.Forget(_context);
}
