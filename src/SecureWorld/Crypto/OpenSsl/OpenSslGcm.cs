using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Interop;

namespace RestrictedTee.SecureWorld.Crypto.OpenSsl;

/// <summary>Galois counter mode of the system's libcrypto (EVP), one context an engine.</summary>
internal sealed class OpenSslGcm : AeEngine
{
    private const int Stride = 16 * 1024;

    private readonly EvpCipherHandle _context = EvpCipherHandle.Create();
    private readonly Func<int, string> _nameOf;
    private readonly bool _encrypts;

    private OpenSslGcm(Func<int, string> nameOf, bool encrypts) => (_nameOf, _encrypts) = (nameOf, encrypts);

    /// <param name="keySize">A size of key that tells whether the library has the cipher, in bits.</param>
    /// <param name="nameOf">The library's name for it with a key of so many bits.</param>
    internal static Provider<AeEngine> Provider(int keySize, Func<int, string> nameOf) => new(
        "OpenSSL",
        () => LibCrypto.CipherByName(nameOf(keySize)) != 0,
        mode => new OpenSslGcm(nameOf, mode == OperationMode.Encrypt));

    public override void Dispose() => _context.Dispose();

    internal override void Begin(ReadOnlySpan<byte> key, ReadOnlySpan<byte> nonce, AeSizes sizes)
    {
        LibCrypto.SetCipher(_context, LibCrypto.CipherByName(_nameOf(key.Length * 8)), _encrypts);
        LibCrypto.SetNonceSize(_context, nonce.Length);
        LibCrypto.SetKey(_context, key, nonce);
    }

    internal override void UpdateAad(ReadOnlySpan<byte> data) => LibCrypto.UpdateAad(_context, data);

    /// <summary>
    /// The library reads what it deciphers twice, and what it has encrypted once more. Both may be memory that others write to: they would have a
    /// tag for a message of theirs, or another message than the one of the tag. So the ciphertext is in a stretch of our own while it works.
    /// </summary>
    internal override void Update(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        Span<byte> stretch = stackalloc byte[Math.Min(source.Length, Stride)];
        while (!source.IsEmpty)
        {
            Span<byte> ciphertext = stretch[..Math.Min(source.Length, Stride)];
            if (_encrypts)
            {
                LibCrypto.Update(_context, source[..ciphertext.Length], ciphertext);
                ciphertext.CopyTo(destination);
            }
            else
            {
                source[..ciphertext.Length].CopyTo(ciphertext);
                LibCrypto.Update(_context, ciphertext, destination[..ciphertext.Length]);
            }

            source = source[ciphertext.Length..];
            destination = destination[ciphertext.Length..];
        }
    }

    internal override void Finish(Span<byte> tag) => LibCrypto.FinishTag(_context, tag);

    internal override bool Verify(ReadOnlySpan<byte> tag) => LibCrypto.VerifyTag(_context, tag);

    internal override void CopyFrom(AeEngine source) => LibCrypto.Copy(_context, ((OpenSslGcm)source)._context);

    internal override void Forget() => LibCrypto.Forget(_context);
}
