using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Encodings;
using Org.BouncyCastle.Crypto.Engines;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Security;
using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Crypto.Schemes;

namespace RestrictedTee.SecureWorld.Crypto.BouncyCastle;

/// <summary>RSA encryption of BouncyCastle.</summary>
internal sealed class BouncyCastleRsaCipher : AsymmetricCipherEngine
{
    private readonly RsaEncryption _scheme;
    private readonly bool _encrypts;
    private RsaKeyParameters? _key;
    private byte[] _modulus = [];

    private BouncyCastleRsaCipher(RsaEncryption scheme, bool encrypts) => (_scheme, _encrypts) = (scheme, encrypts);

    internal static Provider<AsymmetricCipherEngine> Provider(RsaEncryption scheme) =>
        new("BouncyCastle", () => true, mode => new BouncyCastleRsaCipher(scheme, mode == OperationMode.Encrypt));

    internal override int MaxSizeOf(int source, OperationMode mode) => _modulus.Length;

    internal override bool SetKey(KeyMaterial key)
    {
        _key = BouncyCastleRsaKey.TryImport(key, !_encrypts);
        _modulus = key[AttributeId.RsaModulus].ToArray();
        return _key is not null;
    }

    internal override TeeResult Encrypt(AttributeReader parameters, ReadOnlySpan<byte> source, Span<byte> destination, out int size) =>
        Operate(parameters, source, destination, TeeResult.BadParameters, out size);

    internal override TeeResult Decrypt(AttributeReader parameters, ReadOnlySpan<byte> source, Span<byte> destination, out int size)
    {
        size = 0;
        if ((_scheme.Padding != RsaPadding.None && source.Length != _modulus.Length) || !RsaRules.IsBelow(source, _modulus))
            return TeeResult.BadParameters;
        return Operate(parameters, source, destination, TeeResult.CiphertextInvalid, out size);
    }

    internal override void Forget() => (_key, _modulus) = (null, []);

    private TeeResult Operate(AttributeReader parameters, ReadOnlySpan<byte> source, Span<byte> destination, TeeResult failure, out int size)
    {
        size = 0;
        if (!_scheme.TryGetParameters(parameters, out ReadOnlySpan<byte> label, out TeeAlgorithm maskHash) || (_scheme.Padding == RsaPadding.None && !RsaRules.IsBelow(source, _modulus)))
            return TeeResult.BadParameters;
        IAsymmetricBlockCipher engine = _scheme.Padding switch
        {
            RsaPadding.None => new RsaBlindedEngine(),
            RsaPadding.Pkcs1 => new Pkcs1Encoding(new RsaBlindedEngine()),
            _ => new OaepEncoding(new RsaBlindedEngine(), DigestUtilities.GetDigest(HashNames.Of(_scheme.Hash).Name), DigestUtilities.GetDigest(HashNames.Of(maskHash).Name), label.ToArray()),
        };
        try
        {
            engine.Init(_encrypts, _key);
            byte[] text = source.ToArray(), done = engine.ProcessBlock(text, 0, text.Length);
            done.CopyTo(destination);
            size = _scheme.Padding == RsaPadding.None && done.Length != 0 ? RsaEncryption.TrimNumber(destination[..done.Length]) : done.Length;
            System.Security.Cryptography.CryptographicOperations.ZeroMemory(done);
            return TeeResult.Success;
        }
        catch (Exception e) when (e is CryptoException or ArgumentException)
        {
            return failure; // too long, or padded as nobody pads
        }
    }
}
