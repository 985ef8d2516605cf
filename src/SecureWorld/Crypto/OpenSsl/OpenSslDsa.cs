using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Crypto.Schemes;
using RestrictedTee.SecureWorld.Interop;

namespace RestrictedTee.SecureWorld.Crypto.OpenSsl;

/// <summary>DSA and ECDSA of the system's libcrypto, which looks at the ranges of both numbers.</summary>
internal sealed class OpenSslDsa : SignatureEngine
{
    private readonly DigestRule _rule;
    private readonly OperationMode _mode;
    private EvpKeyHandle? _key;
    private EvpKeyContextHandle? _context;
    private int _numberSize;
    private int _subgroupSize;

    private OpenSslDsa(DigestRule rule, OperationMode mode) => (_rule, _mode) = (rule, mode);

    internal override int SignatureSize => 2 * _numberSize;

    internal static Provider<SignatureEngine> Provider(int hashSize) =>
        new("OpenSSL", () => LibCrypto.HasParameters, mode => new OpenSslDsa(new DigestRule(hashSize), mode));

    internal override bool SetKey(KeyMaterial key)
    {
        Forget();
        (_numberSize, _subgroupSize) = (DigestRule.NumberSizeOf(key), DigestRule.SubgroupSizeOf(key));
        _key = OpenSslKey.Import(key);
        _context = _key is null ? null : LibCrypto.Start(_key, _mode == OperationMode.Sign ? LibCrypto.Work.Sign : LibCrypto.Work.Verify, null);
        return _context is not null;
    }

    internal override TeeResult Sign(AttributeReader parameters, ReadOnlySpan<byte> digest, Span<byte> signature, out int size)
    {
        size = 0;
        if (!_rule.Allows(digest.Length, _subgroupSize))
            return TeeResult.BadParameters;
        Span<byte> encoded = stackalloc byte[SignatureSize + DerSignature.Overhead];
        int length = LibCrypto.Operate(_context!, LibCrypto.Work.Sign, digest, encoded);
        if (length < 0)
            return TeeResult.BadParameters;
        DerSignature.Decode(encoded[..length], signature);
        size = signature.Length;
        return TeeResult.Success;
    }

    internal override TeeResult Verify(AttributeReader parameters, ReadOnlySpan<byte> digest, ReadOnlySpan<byte> signature)
    {
        if (!_rule.Allows(digest.Length, _subgroupSize))
            return TeeResult.BadParameters;
        if (signature.Length != SignatureSize)
            return TeeResult.SignatureInvalid;
        Span<byte> encoded = stackalloc byte[SignatureSize + DerSignature.Overhead];
        int length = DerSignature.Encode(signature, encoded);
        return LibCrypto.Verify(_context!, digest, encoded[..length]) ? TeeResult.Success : TeeResult.SignatureInvalid;
    }

    internal override void Forget()
    {
        _context?.Dispose();
        _key?.Dispose();
        (_context, _key) = (null, null);
    }
}
