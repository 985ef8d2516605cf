using System.Buffers.Binary;
using System.Security.Cryptography;
using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Interop;

namespace RestrictedTee.SecureWorld.Crypto.OpenSsl;

/// <summary>
/// AES in XTS of the system's libcrypto, which takes each call for a message of its own. Where one comes in pieces, the next piece begins
/// with the IV that has its first block's tweak: the tweak is counted on, and deciphered.
/// </summary>
internal sealed class OpenSslXts : CipherEngine
{
    private const int BlockSize = 16;
    private const int MaxPiece = 1 << 24; // the library's bound, 2^20 blocks (IEEE 1619 section 5.1)

    private readonly EvpCipherHandle _context = EvpCipherHandle.Create();
    private readonly EvpCipherHandle _cipher = EvpCipherHandle.Create();
    private readonly EvpCipherHandle _decipher = EvpCipherHandle.Create();
    private readonly bool _encrypts;
    private readonly byte[] _iv = GC.AllocateArray<byte>(BlockSize, pinned: true);
    private long _done; // blocks since the IV

    private OpenSslXts(bool encrypts) => _encrypts = encrypts;

    internal static Provider<CipherEngine> Aes { get; } = new(
        "OpenSSL", () => LibCrypto.CipherByName("AES-128-XTS") != 0, mode => new OpenSslXts(mode == OperationMode.Encrypt));

    public override void Dispose()
    {
        _context.Dispose();
        _cipher.Dispose();
        _decipher.Dispose();
        CryptographicOperations.ZeroMemory(_iv);
    }

    internal override void Begin(ReadOnlySpan<byte> key, ReadOnlySpan<byte> iv)
    {
        int bits = key.Length * 4;
        nint blocks = LibCrypto.CipherByName($"AES-{bits}-ECB");
        LibCrypto.SetCipher(_context, LibCrypto.CipherByName($"AES-{bits}-XTS"), _encrypts);
        LibCrypto.SetKey(_context, key, iv);
        LibCrypto.SetCipher(_cipher, blocks, encrypt: true);
        LibCrypto.SetKey(_cipher, key[(key.Length / 2)..], []);
        LibCrypto.SetCipher(_decipher, blocks, encrypt: false);
        LibCrypto.SetKey(_decipher, key[(key.Length / 2)..], []);
        iv.CopyTo(_iv);
        _done = 0;
    }

    internal override void Update(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        while (!source.IsEmpty)
        {
            // Not so that a part of a block is left over, which would have nothing to steal from.
            int count = source.Length <= MaxPiece ? source.Length : MaxPiece - BlockSize;
            Resume();
            LibCrypto.Update(_context, source[..count], destination);
            _done += count / BlockSize;
            source = source[count..];
            destination = destination[count..];
        }
    }

    internal override void CopyFrom(CipherEngine source)
    {
        var other = (OpenSslXts)source;
        LibCrypto.Copy(_context, other._context);
        LibCrypto.Copy(_cipher, other._cipher);
        LibCrypto.Copy(_decipher, other._decipher);
        other._iv.CopyTo(_iv.AsSpan());
        _done = other._done;
    }

    internal override void Forget()
    {
        LibCrypto.Forget(_context);
        LibCrypto.Forget(_cipher);
        LibCrypto.Forget(_decipher);
        CryptographicOperations.ZeroMemory(_iv);
    }

    private void Resume()
    {
        if (_done == 0)
            return;
        Span<byte> tweak = stackalloc byte[BlockSize];
        LibCrypto.Update(_cipher, _iv, tweak);
        BinaryPrimitives.WriteUInt128LittleEndian(tweak, GaloisField.Double(BinaryPrimitives.ReadUInt128LittleEndian(tweak), _done));
        LibCrypto.Update(_decipher, tweak, _iv);
        LibCrypto.SetKey(_context, [], _iv);
        _done = 0;
    }
}
