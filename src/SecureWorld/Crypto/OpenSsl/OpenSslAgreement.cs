using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Crypto.Schemes;
using RestrictedTee.SecureWorld.Interop;

namespace RestrictedTee.SecureWorld.Crypto.OpenSsl;

/// <summary>
/// What two keys have in common, by the system's libcrypto, which refuses points off the curve. A secret that is zero is of a point of small
/// order, and none, on the newer curves (RFC 7748 section 6); on the others a point with an x of zero is as good as any.
/// </summary>
internal sealed class OpenSslAgreement : DerivationEngine
{
    private EvpKeyHandle? _key;
    private EccCurve _curve;
    private ObjectType _type;

    internal static Provider<DerivationEngine> Provider { get; } = new("OpenSSL", () => LibCrypto.HasParameters, _ => new OpenSslAgreement());

    internal override bool SetKey(KeyMaterial key)
    {
        Forget();
        _key = OpenSslKey.Import(key);
        (_type, _curve) = (key.Row.Type, Curves.Of(key));
        return _key is not null;
    }

    internal override TeeResult Derive(AttributeReader parameters, Span<byte> secret, out int size)
    {
        size = 0;
        using EvpKeyHandle? peer = Peer(parameters);
        if (peer is null)
            return TeeResult.BadParameters;
        size = LibCrypto.Derive(_key!, peer, keepsZeroes: false, secret);
        if (size < 0 || (_type != ObjectType.EcdhKeyPair && !secret[..size].ContainsAnyExcept((byte)0)))
            return TeeResult.BadParameters;
        return TeeResult.Success;
    }

    internal override void Forget()
    {
        _key?.Dispose();
        _key = null;
    }

    private EvpKeyHandle? Peer(AttributeReader parameters) => _type switch
    {
        ObjectType.EcdhKeyPair => PeerParameters.TryReadPoint(parameters, out ReadOnlySpan<byte> x, out ReadOnlySpan<byte> y) ? OpenSslKey.ImportPoint(_curve, x, y) : null,
        ObjectType.X25519KeyPair => PeerParameters.TryRead(parameters, AttributeId.X25519PublicValue, 32, out ReadOnlySpan<byte> value) ? OpenSslKey.ImportRaw("X25519", value) : null,
        _ => PeerParameters.TryRead(parameters, AttributeId.X448PublicValue, 56, out ReadOnlySpan<byte> value) ? OpenSslKey.ImportRaw("X448", value) : null,
    };
}
