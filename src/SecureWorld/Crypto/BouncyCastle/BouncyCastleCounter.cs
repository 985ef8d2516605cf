using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Engines;
using Org.BouncyCastle.Crypto.Modes;
using Org.BouncyCastle.Crypto.Parameters;

namespace RestrictedTee.SecureWorld.Crypto.BouncyCastle;

/// <summary>
/// A cipher in counter mode of BouncyCastle, which gives whole blocks; what is left of one is for the bytes that come next. As
/// <see cref="BouncyCastleCipher"/>, the schedule of its key lies on the managed heap.
/// </summary>
internal sealed class BouncyCastleCounter : CipherEngine
{
    private const int BlockSize = 16;

    private readonly byte[] _keystream = new byte[BlockSize];
    private readonly Func<IBlockCipher> _create;
    private int _used = BlockSize;
    private SicBlockCipher? _mode;

    private BouncyCastleCounter(Func<IBlockCipher> create) => _create = create;

    internal static Provider<CipherEngine> AesCtr { get; } = new("BouncyCastle", () => true, _ => new BouncyCastleCounter(() => new AesEngine()));

    internal static Provider<CipherEngine> Sm4Ctr { get; } = new("BouncyCastle", () => true, _ => new BouncyCastleCounter(() => new SM4Engine()));

    public override void Dispose() => Forget();

    internal override void Begin(ReadOnlySpan<byte> key, ReadOnlySpan<byte> iv)
    {
        Forget();
        _mode = new SicBlockCipher(_create());
        _mode.Init(forEncryption: true, new ParametersWithIV(new KeyParameter(key), iv));
    }

    internal override void Update(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        for (int i = 0; i < source.Length; i++)
        {
            if (_used == BlockSize)
            {
                _keystream.AsSpan().Clear();
                _mode!.ProcessBlock(_keystream, _keystream);
                _used = 0;
            }

            destination[i] = (byte)(source[i] ^ _keystream[_used++]);
        }
    }

    /// <summary>As with <see cref="BouncyCastleCipher"/>.</summary>
    internal override void CopyFrom(CipherEngine source) => throw new Sdk.TeeException(Sdk.TeeResult.NotSupported, Sdk.TeeOrigin.Tee);

    internal override void Forget()
    {
        _mode = null;
        _keystream.AsSpan().Clear();
        _used = BlockSize;
    }
}
