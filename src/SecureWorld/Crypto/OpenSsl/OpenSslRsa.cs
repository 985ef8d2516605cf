using System.Globalization;
using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Crypto.Schemes;
using RestrictedTee.SecureWorld.Interop;

namespace RestrictedTee.SecureWorld.Crypto.OpenSsl;

/// <summary>RSA signatures of the system's libcrypto.</summary>
internal sealed class OpenSslRsa : SignatureEngine
{
    private readonly RsaScheme _scheme;
    private readonly OperationMode _mode;
    private EvpKeyHandle? _key;
    private EvpKeyContextHandle? _context;
    private int _saltSize = -1; // that the context is set to
    private int _size;

    private OpenSslRsa(RsaScheme scheme, OperationMode mode) => (_scheme, _mode) = (scheme, mode);

    internal override int SignatureSize => _size;

    internal static Provider<SignatureEngine> Provider(RsaScheme scheme) => new(
        "OpenSSL",
        () => LibCrypto.HasParameters && (scheme.Hash is null || LibCrypto.DigestByName(scheme.Hash) != 0),
        mode => new OpenSslRsa(scheme, mode));

    internal override bool SetKey(KeyMaterial key)
    {
        Forget();
        _key = OpenSslKey.Import(key);
        _size = key[AttributeId.RsaModulus].Length;
        return _key is not null;
    }

    internal override TeeResult Sign(AttributeReader parameters, ReadOnlySpan<byte> digest, Span<byte> signature, out int size)
    {
        size = 0;
        if (!Start(parameters, digest.Length))
            return TeeResult.BadParameters;
        size = LibCrypto.Operate(_context!, LibCrypto.Work.Sign, digest, signature);
        return size >= 0 ? TeeResult.Success : TeeResult.BadParameters;
    }

    internal override TeeResult Verify(AttributeReader parameters, ReadOnlySpan<byte> digest, ReadOnlySpan<byte> signature)
    {
        if (!Start(parameters, digest.Length))
            return TeeResult.BadParameters;
        return signature.Length == _size && LibCrypto.Verify(_context!, digest, signature) ? TeeResult.Success : TeeResult.SignatureInvalid;
    }

    internal override void Forget()
    {
        _context?.Dispose();
        _key?.Dispose();
        (_context, _key, _saltSize) = (null, null, -1);
    }

    private bool Start(AttributeReader parameters, int digestSize)
    {
        if ((_scheme.Hash is not null && digestSize != _scheme.HashSize) || !_scheme.TryGetSalt(parameters, _size, out int saltSize))
            return false;
        if (_context is not null && saltSize == _saltSize)
            return true;
        _context?.Dispose();
        using var list = new ParameterList(512);
        list.Text("pad-mode", _scheme.IsPss ? "pss" : "pkcs1");
        if (_scheme.Hash is { } hash)
            list.Text("digest", hash);
        if (_scheme.IsPss)
            list.Text("mgf1-digest", _scheme.Hash!).Text("saltlen", saltSize.ToString(CultureInfo.InvariantCulture));
        _context = LibCrypto.Start(_key!, _mode == OperationMode.Sign ? LibCrypto.Work.Sign : LibCrypto.Work.Verify, list);
        _saltSize = saltSize;
        return _context is not null;
    }
}
