using System.Security.Cryptography;
using RestrictedTee.SecureWorld.Interop;

namespace RestrictedTee.SecureWorld.Crypto.OpenSsl;

/// <summary>CMAC of the system's libcrypto, one context an engine.</summary>
internal sealed class OpenSslCmac : HashEngine
{
    private readonly CmacHandle _context = CmacHandle.Create();
    private readonly Func<int, string> _nameOf;

    private readonly bool _isDes;

    private OpenSslCmac(Func<int, string> nameOf, bool isDes) => (_nameOf, _isDes) = (nameOf, isDes);

    /// <param name="keySize">A size of key that tells whether the library has the cipher, in bits.</param>
    /// <param name="nameOf">The library's name for the cipher in CBC with a key of so many bits.</param>
    internal static Provider<HashEngine> Provider(int keySize, Func<int, string> nameOf) =>
        new("OpenSSL", () => LibCrypto.CipherByName(nameOf(keySize)) != 0, _ => new OpenSslCmac(nameOf, isDes: false));

    /// <param name="name">The library's name for triple DES in CBC with three keys.</param>
    internal static Provider<HashEngine> Des(string name) =>
        new("OpenSSL", () => LibCrypto.CipherByName(name) != 0, _ => new OpenSslCmac(_ => name, isDes: true));

    public override void Dispose() => _context.Dispose();

    internal override void Begin(ReadOnlySpan<byte> key)
    {
        if (!_isDes)
        {
            LibCrypto.Begin(_context, key, LibCrypto.CipherByName(_nameOf(key.Length * 8)));
            return;
        }

        Span<byte> three = stackalloc byte[DesKey.Size];
        DesKey.Expand(key, three);
        LibCrypto.Begin(_context, three, LibCrypto.CipherByName(_nameOf(DesKey.Size * 8)));
        CryptographicOperations.ZeroMemory(three);
    }

    internal override void Update(ReadOnlySpan<byte> chunk) => LibCrypto.Update(_context, chunk);

    internal override void Finish(Span<byte> result) => LibCrypto.Finish(_context, result);

    internal override void CopyFrom(HashEngine source) => LibCrypto.Copy(_context, ((OpenSslCmac)source)._context);

    internal override void Forget() => LibCrypto.Forget(_context);
}
