using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Crypto.Schemes;
using RestrictedTee.SecureWorld.Interop;

namespace RestrictedTee.SecureWorld.Crypto.OpenSsl;

/// <summary>Key derivation functions of the system's libcrypto (EVP_KDF, 3.0 and later).</summary>
internal sealed class OpenSslKdf : DerivationEngine
{
    private readonly KdfRule _rule;
    private ParameterList? _secret;

    private OpenSslKdf(KdfRule rule) => _rule = rule;

    internal static Provider<DerivationEngine> Provider(KdfRule rule) => new("OpenSSL", () => LibCrypto.HasParameters, _ => new OpenSslKdf(rule));

    internal override bool SetKey(KeyMaterial key)
    {
        Forget();
        _secret = new ParameterList(key.Secret.Length + 128).Bytes(_rule.Kind == KdfKind.Pbkdf2 ? "pass" : "key", key.Secret);
        return true;
    }

    internal override TeeResult Derive(AttributeReader parameters, Span<byte> secret, out int size)
    {
        size = 0;
        if (!_rule.TryRead(parameters, secret.Length, out DerivationParameters found))
            return TeeResult.BadParameters;
        using var list = new ParameterList(found.Salt.Length + found.Info.Length + 512);
        list.With(_secret!).Text("digest", HashNames.Of(found.Hash).Name);
        if (!found.Salt.IsEmpty || _rule.Kind == KdfKind.Pbkdf2)
            list.Bytes("salt", found.Salt);
        if (!found.Info.IsEmpty)
            list.Bytes("info", found.Info);
        if (_rule.Kind == KdfKind.Pbkdf2)
            list.Number("iter", found.Iterations).Number("pkcs5", 1); // short salts and few rounds are the caller's affair
        string name = _rule.Kind switch { KdfKind.Hkdf => "HKDF", KdfKind.Concat => "SSKDF", _ => "PBKDF2" };
        if (!LibCrypto.Derive(name, list, secret[..(int)found.Size]))
            return TeeResult.BadParameters;
        size = (int)found.Size;
        return TeeResult.Success;
    }

    internal override void Forget()
    {
        _secret?.Dispose();
        _secret = null;
    }
}
