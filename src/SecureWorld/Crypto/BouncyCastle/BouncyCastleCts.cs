using System.Security.Cryptography;
using Org.BouncyCastle.Crypto.Engines;
using Org.BouncyCastle.Crypto.Modes;
using Org.BouncyCastle.Crypto.Parameters;
using RestrictedTee.Sdk;

namespace RestrictedTee.SecureWorld.Crypto.BouncyCastle;

/// <summary>AES with ciphertext stealing of BouncyCastle: what comes before the last two blocks is CBC. As <see cref="BouncyCastleCipher"/>.</summary>
internal sealed class BouncyCastleCts : CipherEngine
{
    private const int BlockSize = 16;

    private readonly bool _encrypts;
    private readonly byte[] _iv = new byte[BlockSize];
    private KeyParameter? _key;

    private BouncyCastleCts(bool encrypts) => _encrypts = encrypts;

    internal static Provider<CipherEngine> AesCts { get; } = new("BouncyCastle", () => true, mode => new BouncyCastleCts(mode == OperationMode.Encrypt));

    public override void Dispose() => Forget();

    internal override void Begin(ReadOnlySpan<byte> key, ReadOnlySpan<byte> iv)
    {
        _key = new KeyParameter(key);
        iv.CopyTo(_iv);
    }

    internal override void Update(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        if (source.IsEmpty)
            return;
        var mode = new CbcBlockCipher(new AesEngine());
        mode.Init(_encrypts, new ParametersWithIV(_key, _iv));
        byte[] text = source.ToArray(); // the last of its blocks is the next IV of a decryption, and may be written over
        for (int at = 0; at < text.Length; at += BlockSize)
            mode.ProcessBlock(text.AsSpan(at), destination[at..]);
        (_encrypts ? destination : text).Slice(text.Length - BlockSize, BlockSize).CopyTo(_iv);
        CryptographicOperations.ZeroMemory(text);
    }

    internal override void Finish(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        int tail = BlockSize + ((source.Length - 1) % BlockSize) + 1;
        int whole = source.Length - tail;
        Span<byte> last = stackalloc byte[tail];
        source[whole..].CopyTo(last);
        Update(source[..whole], destination[..whole]);
        var mode = new CtsBlockCipher(new CbcBlockCipher(new AesEngine()));
        mode.Init(_encrypts, new ParametersWithIV(_key, _iv));
        int written = mode.ProcessBytes(last, destination[whole..]);
        mode.DoFinal(destination[(whole + written)..]);
        CryptographicOperations.ZeroMemory(last);
    }

    /// <summary>As with <see cref="BouncyCastleCipher"/>.</summary>
    internal override void CopyFrom(CipherEngine source) => throw new TeeException(TeeResult.NotSupported, TeeOrigin.Tee);

    internal override void Forget()
    {
        _key = null;
        CryptographicOperations.ZeroMemory(_iv);
    }
}
