using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Crypto.Schemes;
using RestrictedTee.SecureWorld.Interop;

namespace RestrictedTee.SecureWorld.Crypto.OpenSsl;

/// <summary>
/// Signatures on Edwards curves of the system's libcrypto. Before 3.2 it has neither a context nor digests that were made before, so such
/// signatures are the other engine's.
/// </summary>
internal sealed class OpenSslEdwards : SignatureEngine
{
    private readonly SignatureEngine _other;
    private EvpKeyHandle? _key;

    private OpenSslEdwards(SignatureEngine other) => _other = other;

    internal override int SignatureSize => _other.SignatureSize;

    /// <param name="other">Who has all forms.</param>
    internal static Provider<SignatureEngine> Provider(Provider<SignatureEngine> other) =>
        new("OpenSSL", () => LibCrypto.HasParameters, mode => new OpenSslEdwards(other.Create(mode)));

    internal override bool SetKey(KeyMaterial key)
    {
        Forget();
        _key = OpenSslKey.Import(key);
        return _key is not null && _other.SetKey(key);
    }

    internal override TeeResult Sign(AttributeReader parameters, ReadOnlySpan<byte> digest, Span<byte> signature, out int size)
    {
        if (!EdwardsParameters.TryRead(parameters, out EdwardsParameters form) || form.IsPrehashed || !form.Context.IsEmpty)
            return _other.Sign(parameters, digest, signature, out size);
        using EvpDigestHandle context = EvpDigestHandle.Create();
        size = LibCrypto.SignMessage(context, _key!, digest, signature);
        return size == SignatureSize ? TeeResult.Success : TeeResult.BadParameters;
    }

    internal override TeeResult Verify(AttributeReader parameters, ReadOnlySpan<byte> digest, ReadOnlySpan<byte> signature)
    {
        if (!EdwardsParameters.TryRead(parameters, out EdwardsParameters form) || form.IsPrehashed || !form.Context.IsEmpty)
            return _other.Verify(parameters, digest, signature);
        using EvpDigestHandle context = EvpDigestHandle.Create();
        return signature.Length == SignatureSize && LibCrypto.VerifyMessage(context, _key!, digest, signature) ? TeeResult.Success : TeeResult.SignatureInvalid;
    }

    internal override void Forget()
    {
        _key?.Dispose();
        _key = null;
        _other.Forget();
    }
}
