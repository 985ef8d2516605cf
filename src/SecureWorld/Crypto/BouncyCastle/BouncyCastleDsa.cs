using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;
using Org.BouncyCastle.Math;
using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Crypto.Schemes;

namespace RestrictedTee.SecureWorld.Crypto.BouncyCastle;

/// <summary>DSA and ECDSA of BouncyCastle, which looks at the ranges of both numbers.</summary>
internal sealed class BouncyCastleDsa : SignatureEngine
{
    private readonly DigestRule _rule;
    private readonly bool _signs;
    private IDsa? _signer;
    private int _numberSize;
    private int _subgroupSize;

    private BouncyCastleDsa(DigestRule rule, bool signs) => (_rule, _signs) = (rule, signs);

    internal override int SignatureSize => 2 * _numberSize;

    internal static Provider<SignatureEngine> Provider(int hashSize) => new("BouncyCastle", () => true, mode => new BouncyCastleDsa(new DigestRule(hashSize), mode == OperationMode.Sign));

    internal override bool SetKey(KeyMaterial key)
    {
        (_numberSize, _subgroupSize) = (DigestRule.NumberSizeOf(key), DigestRule.SubgroupSizeOf(key));
        ICipherParameters? imported = _subgroupSize != 0 ? BouncyCastleFiniteField.TryImportDsa(key, _signs)
            : _signs ? BouncyCastleCurves.TryImportPrivate(key) : BouncyCastleCurves.TryImportPublic(key);
        if (imported is null)
            return false;
        _signer = _subgroupSize != 0 ? new DsaSigner() : new ECDsaSigner();
        _signer.Init(_signs, imported);
        return true;
    }

    internal override TeeResult Sign(AttributeReader parameters, ReadOnlySpan<byte> digest, Span<byte> signature, out int size)
    {
        size = 0;
        if (!_rule.Allows(digest.Length, _subgroupSize))
            return TeeResult.BadParameters;
        BigInteger[] both = _signer!.GenerateSignature(digest.ToArray());
        DerSignature.Place(both[0].ToByteArrayUnsigned(), signature[.._numberSize]);
        DerSignature.Place(both[1].ToByteArrayUnsigned(), signature[_numberSize..]);
        size = signature.Length;
        return TeeResult.Success;
    }

    internal override TeeResult Verify(AttributeReader parameters, ReadOnlySpan<byte> digest, ReadOnlySpan<byte> signature)
    {
        if (!_rule.Allows(digest.Length, _subgroupSize))
            return TeeResult.BadParameters;
        return signature.Length == SignatureSize && _signer!.VerifySignature(digest.ToArray(), new BigInteger(1, signature[.._numberSize]), new BigInteger(1, signature[_numberSize..]))
            ? TeeResult.Success
            : TeeResult.SignatureInvalid;
    }

    internal override void Forget() => _signer = null;
}
