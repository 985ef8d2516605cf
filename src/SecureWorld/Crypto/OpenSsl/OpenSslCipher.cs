using System.Security.Cryptography;
using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Interop;

namespace RestrictedTee.SecureWorld.Crypto.OpenSsl;

/// <summary>
/// A cipher of the system's libcrypto (EVP), one context an engine. The key goes from secure RAM straight into the library's own
/// memory, which the library cleanses.
/// </summary>
internal sealed class OpenSslCipher : CipherEngine
{
    private readonly EvpCipherHandle _context = EvpCipherHandle.Create();
    private readonly Func<int, string> _nameOf;
    private readonly bool _encrypts;
    private readonly bool _isDes;
    private int _keySize; // of the cipher that the context is for; 0 for none

    private OpenSslCipher(Func<int, string> nameOf, bool encrypts, bool isDes) => (_nameOf, _encrypts, _isDes) = (nameOf, encrypts, isDes);

    /// <param name="keySize">A size of key that tells whether the library has the cipher, in bits.</param>
    /// <param name="nameOf">The library's name for it with a key of so many bits.</param>
    internal static Provider<CipherEngine> Provider(int keySize, Func<int, string> nameOf) => new(
        "OpenSSL",
        () => LibCrypto.CipherByName(nameOf(keySize)) != 0,
        mode => new OpenSslCipher(nameOf, mode == OperationMode.Encrypt, isDes: false));

    /// <summary>DES and triple DES, which are one: newer libraries have single DES no more.</summary>
    /// <param name="name">The library's name for triple DES with three keys.</param>
    internal static Provider<CipherEngine> Des(string name) => new(
        "OpenSSL",
        () => LibCrypto.CipherByName(name) != 0,
        mode => new OpenSslCipher(_ => name, mode == OperationMode.Encrypt, isDes: true));

    public override void Dispose() => _context.Dispose();

    internal override void Begin(ReadOnlySpan<byte> key, ReadOnlySpan<byte> iv)
    {
        if (_isDes && key.Length != DesKey.Size)
        {
            Span<byte> three = stackalloc byte[DesKey.Size];
            DesKey.Expand(key, three);
            Begin(three, iv);
            CryptographicOperations.ZeroMemory(three);
            return;
        }

        // Naming the cipher costs a microsecond and a string, so it is done once.
        if (_keySize != key.Length)
        {
            LibCrypto.SetCipher(_context, LibCrypto.CipherByName(_nameOf(key.Length * 8)), _encrypts);
            _keySize = key.Length;
        }

        LibCrypto.SetKey(_context, key, iv);
    }

    internal override void Update(ReadOnlySpan<byte> source, Span<byte> destination) => LibCrypto.Update(_context, source, destination);

    internal override void CopyFrom(CipherEngine source)
    {
        var other = (OpenSslCipher)source;
        _keySize = other._keySize;
        LibCrypto.Copy(_context, other._context);
    }

    internal override void Forget()
    {
        LibCrypto.Forget(_context);
        _keySize = 0;
    }
}
