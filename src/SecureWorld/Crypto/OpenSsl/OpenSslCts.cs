using System.Security.Cryptography;
using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Interop;

namespace RestrictedTee.SecureWorld.Crypto.OpenSsl;

/// <summary>
/// AES with ciphertext stealing of the system's libcrypto (3.0 and later), which takes a message whole only: what comes before the last two
/// blocks is CBC, and does not depend on them.
/// </summary>
internal sealed class OpenSslCts : CipherEngine
{
    private const int BlockSize = 16;

    private readonly EvpCipherHandle _chain = EvpCipherHandle.Create();
    private readonly EvpCipherHandle _tail = EvpCipherHandle.Create();
    private readonly bool _encrypts;
    private readonly byte[] _iv = GC.AllocateArray<byte>(BlockSize, pinned: true);

    private OpenSslCts(bool encrypts) => _encrypts = encrypts;

    internal static Provider<CipherEngine> Aes { get; } = new(
        "OpenSSL", () => LibCrypto.HasStealing, mode => new OpenSslCts(mode == OperationMode.Encrypt));

    public override void Dispose()
    {
        _chain.Dispose();
        _tail.Dispose();
        CryptographicOperations.ZeroMemory(_iv);
    }

    internal override void Begin(ReadOnlySpan<byte> key, ReadOnlySpan<byte> iv)
    {
        LibCrypto.SetCipher(_chain, LibCrypto.CipherByName($"AES-{key.Length * 8}-CBC"), _encrypts);
        LibCrypto.SetKey(_chain, key, iv);
        LibCrypto.SetStealing(_tail, key.Length * 8, _encrypts);
        LibCrypto.SetKey(_tail, key, iv);
        iv.CopyTo(_iv);
    }

    internal override void Update(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        if (source.IsEmpty)
            return;
        Span<byte> last = stackalloc byte[BlockSize];
        source[^BlockSize..].CopyTo(last); // which may be written over
        LibCrypto.Update(_chain, source, destination);
        if (_encrypts)
            destination.Slice(source.Length - BlockSize, BlockSize).CopyTo(_iv);
        else
            last.CopyTo(_iv);
    }

    internal override void Finish(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        int whole = source.Length - BlockSize - ((source.Length - 1) % BlockSize) - 1;
        Update(source[..whole], destination[..whole]);
        LibCrypto.SetKey(_tail, [], _iv);
        LibCrypto.Update(_tail, source[whole..], destination[whole..]);
    }

    internal override void CopyFrom(CipherEngine source)
    {
        var other = (OpenSslCts)source;
        LibCrypto.Copy(_chain, other._chain);
        LibCrypto.Copy(_tail, other._tail);
        other._iv.CopyTo(_iv.AsSpan());
    }

    internal override void Forget()
    {
        LibCrypto.Forget(_chain);
        LibCrypto.Forget(_tail);
        CryptographicOperations.ZeroMemory(_iv);
    }
}
