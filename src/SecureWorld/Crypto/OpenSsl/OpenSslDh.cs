using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Crypto.Schemes;
using RestrictedTee.SecureWorld.Interop;

namespace RestrictedTee.SecureWorld.Crypto.OpenSsl;

/// <summary>Diffie-Hellman over numbers, of the system's libcrypto, which refuses numbers that are not of the group.</summary>
internal sealed class OpenSslDh : DerivationEngine
{
    private EvpKeyHandle? _key;
    private ParameterList? _group;

    internal static Provider<DerivationEngine> Provider { get; } = new("OpenSSL", () => LibCrypto.HasParameters, _ => new OpenSslDh());

    internal override bool SetKey(KeyMaterial key)
    {
        Forget();
        _key = OpenSslKey.Import(key);
        _group = new ParameterList(4096);
        _group.Number("p", key[AttributeId.DhPrime]).Number("g", key[AttributeId.DhBase]);
        if (key.Has(AttributeId.DhSubprime))
            _group.Number("q", key[AttributeId.DhSubprime]);
        return _key is not null;
    }

    internal override TeeResult Derive(AttributeReader parameters, Span<byte> secret, out int size)
    {
        size = 0;
        if (!PeerParameters.TryRead(parameters, AttributeId.DhPublicValue, 0, out ReadOnlySpan<byte> value) || value.Length > DhRules.MaxSize)
            return TeeResult.BadParameters;
        using ParameterList parts = new ParameterList(8192).With(_group!).Number("pub", value);
        using EvpKeyHandle? peer = LibCrypto.Import("DH", parts, isPair: false);
        if (peer is null)
            return TeeResult.BadParameters;
        size = LibCrypto.Derive(_key!, peer, keepsZeroes: false, secret);
        return size > 0 ? TeeResult.Success : TeeResult.BadParameters;
    }

    internal override void Forget()
    {
        _key?.Dispose();
        _group?.Dispose();
        (_key, _group) = (null, null);
    }
}
