using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Engines;
using Org.BouncyCastle.Crypto.Modes;
using Org.BouncyCastle.Crypto.Parameters;
using RestrictedTee.Sdk;

namespace RestrictedTee.SecureWorld.Crypto.BouncyCastle;

/// <summary>
/// A cipher of BouncyCastle, for machines whose libcrypto does not have it. Managed code: while the engine has a key, its schedule
/// lies on the managed heap.
/// </summary>
internal sealed class BouncyCastleCipher : CipherEngine
{
    private readonly Func<IBlockCipherMode> _create;
    private readonly bool _encrypts;
    private readonly bool _isDes;
    private IBlockCipherMode? _mode;

    private BouncyCastleCipher(Func<IBlockCipherMode> create, bool encrypts, bool isDes) => (_create, _encrypts, _isDes) = (create, encrypts, isDes);

    internal static Provider<CipherEngine> AesEcb { get; } = Provider(() => new EcbBlockCipher(new AesEngine()));

    internal static Provider<CipherEngine> AesCbc { get; } = Provider(() => new CbcBlockCipher(new AesEngine()));

    internal static Provider<CipherEngine> DesEcb { get; } = Provider(() => new EcbBlockCipher(new DesEdeEngine()), isDes: true);

    internal static Provider<CipherEngine> DesCbc { get; } = Provider(() => new CbcBlockCipher(new DesEdeEngine()), isDes: true);

    internal static Provider<CipherEngine> Sm4Ecb { get; } = Provider(() => new EcbBlockCipher(new SM4Engine()));

    internal static Provider<CipherEngine> Sm4Cbc { get; } = Provider(() => new CbcBlockCipher(new SM4Engine()));

    public override void Dispose() => Forget();

    internal override void Begin(ReadOnlySpan<byte> key, ReadOnlySpan<byte> iv)
    {
        _mode = _create();
        var parameter = _isDes ? BouncyCastleKey.Des(key) : new KeyParameter(key);
        _mode.Init(_encrypts, iv.IsEmpty ? parameter : new ParametersWithIV(parameter, iv));
    }

    internal override void Update(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        while (!source.IsEmpty)
        {
            int done = _mode!.ProcessBlock(source, destination);
            source = source[done..];
            destination = destination[done..];
        }
    }

    /// <summary>Its modes cannot be copied, so a copy of an operation that has begun is not to be had with this provider.</summary>
    internal override void CopyFrom(CipherEngine source) => throw new TeeException(TeeResult.NotSupported, TeeOrigin.Tee);

    internal override void Forget() => _mode = null;

    private static Provider<CipherEngine> Provider(Func<IBlockCipherMode> create, bool isDes = false) =>
        new("BouncyCastle", () => true, mode => new BouncyCastleCipher(create, mode == OperationMode.Encrypt, isDes));
}
