using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;
using RestrictedTee.Sdk;

namespace RestrictedTee.SecureWorld.Crypto.BouncyCastle;

/// <summary>SM2 signatures of BouncyCastle. The digest that is given has the identity of the signer in it already.</summary>
internal sealed class BouncyCastleSm2Signature : SignatureEngine
{
    private const int NumberSize = 32;

    private readonly PresetDigest _digest = new(NumberSize);
    private readonly bool _signs;
    private SM2Signer? _signer;

    private BouncyCastleSm2Signature(bool signs) => _signs = signs;

    internal override int SignatureSize => 2 * NumberSize;

    internal static Provider<SignatureEngine> Provider { get; } = new("BouncyCastle", () => true, mode => new BouncyCastleSm2Signature(mode == OperationMode.Sign));

    internal override bool SetKey(KeyMaterial key)
    {
        ICipherParameters? imported = _signs ? BouncyCastleCurves.TryImportPrivate(key) : BouncyCastleCurves.TryImportPublic(key);
        if (imported is null)
            return false;
        _signer = new SM2Signer(PlainDsaEncoding.Instance, _digest);
        _signer.Init(_signs, imported);
        return true;
    }

    internal override TeeResult Sign(AttributeReader parameters, ReadOnlySpan<byte> digest, Span<byte> signature, out int size)
    {
        size = 0;
        if (digest.Length != NumberSize)
            return TeeResult.BadParameters;
        _digest.Set(digest);
        byte[] made = _signer!.GenerateSignature();
        made.CopyTo(signature);
        size = made.Length;
        return TeeResult.Success;
    }

    internal override TeeResult Verify(AttributeReader parameters, ReadOnlySpan<byte> digest, ReadOnlySpan<byte> signature)
    {
        if (digest.Length != NumberSize)
            return TeeResult.BadParameters;
        _digest.Set(digest);
        return signature.Length == SignatureSize && _signer!.VerifySignature(signature.ToArray()) ? TeeResult.Success : TeeResult.SignatureInvalid;
    }

    internal override void Forget() => _signer = null;
}
