using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Engines;
using Org.BouncyCastle.Crypto.Macs;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Security;

namespace RestrictedTee.SecureWorld.Crypto.BouncyCastle;

/// <summary>A MAC of BouncyCastle; what it has made of its key lies on the managed heap, as that of <see cref="BouncyCastleCipher"/>.</summary>
internal sealed class BouncyCastleMac : HashEngine
{
    private readonly Func<IMac> _create;
    private readonly bool _isDes;
    private IMac? _mac;

    private BouncyCastleMac(Func<IMac> create, bool isDes) => (_create, _isDes) = (create, isDes);

    internal static Provider<HashEngine> AesCmac { get; } = Provider(() => new CMac(new AesEngine()));

    internal static Provider<HashEngine> DesCmac { get; } = Provider(() => new CMac(new DesEdeEngine()), isDes: true);

    /// <param name="digest">The library's name for the digest.</param>
    internal static Provider<HashEngine> Hmac(string digest) => Provider(() => new HMac(DigestUtilities.GetDigest(digest)));

    public override void Dispose() => Forget();

    internal override void Begin(ReadOnlySpan<byte> key)
    {
        _mac = _create();
        _mac.Init(_isDes ? BouncyCastleKey.Des(key) : new KeyParameter(key));
    }

    internal override void Update(ReadOnlySpan<byte> chunk) => _mac!.BlockUpdate(chunk);

    internal override void Finish(Span<byte> result) => _mac!.DoFinal(result);

    /// <summary>As with <see cref="BouncyCastleCipher"/>.</summary>
    internal override void CopyFrom(HashEngine source) => throw new Sdk.TeeException(Sdk.TeeResult.NotSupported, Sdk.TeeOrigin.Tee);

    internal override void Forget() => _mac = null;

    private static Provider<HashEngine> Provider(Func<IMac> create, bool isDes = false) =>
        new("BouncyCastle", () => true, _ => new BouncyCastleMac(create, isDes));
}
