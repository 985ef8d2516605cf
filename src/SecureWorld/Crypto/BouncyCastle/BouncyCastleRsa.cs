using Org.BouncyCastle.Asn1.Nist;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Digests;
using Org.BouncyCastle.Crypto.Encodings;
using Org.BouncyCastle.Crypto.Engines;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.Security;
using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Crypto.Schemes;

namespace RestrictedTee.SecureWorld.Crypto.BouncyCastle;

/// <summary>RSA signatures of BouncyCastle.</summary>
internal sealed class BouncyCastleRsa : SignatureEngine
{
    private readonly RsaScheme _scheme;
    private readonly bool _signs;
    private RsaKeyParameters? _key;

    private BouncyCastleRsa(RsaScheme scheme, bool signs) => (_scheme, _signs) = (scheme, signs);

    internal override int SignatureSize => (_key!.Modulus.BitLength + 7) / 8;

    internal static Provider<SignatureEngine> Provider(RsaScheme scheme) => new("BouncyCastle", () => true, mode => new BouncyCastleRsa(scheme, mode == OperationMode.Sign));

    internal override bool SetKey(KeyMaterial key)
    {
        _key = BouncyCastleRsaKey.TryImport(key, _signs);
        return _key is not null;
    }

    internal override TeeResult Sign(AttributeReader parameters, ReadOnlySpan<byte> digest, Span<byte> signature, out int size)
    {
        size = 0;
        if (NewSigner(parameters, digest.Length) is not { } signer)
            return TeeResult.BadParameters;
        try
        {
            signer.Init(forSigning: true, _key);
            signer.BlockUpdate(digest);
            byte[] made = signer.GenerateSignature();
            DerSignature.Place(made, signature);
            size = signature.Length;
            return TeeResult.Success;
        }
        catch (Exception e) when (e is CryptoException or ArgumentException)
        {
            return TeeResult.BadParameters; // there is no room under the modulus
        }
    }

    internal override TeeResult Verify(AttributeReader parameters, ReadOnlySpan<byte> digest, ReadOnlySpan<byte> signature)
    {
        if (NewSigner(parameters, digest.Length) is not { } signer)
            return TeeResult.BadParameters;
        if (signature.Length != SignatureSize)
            return TeeResult.SignatureInvalid;
        try
        {
            signer.Init(forSigning: false, _key);
            signer.BlockUpdate(digest);
            return signer.VerifySignature(signature.ToArray()) ? TeeResult.Success : TeeResult.SignatureInvalid;
        }
        catch (Exception e) when (e is CryptoException or ArgumentException)
        {
            return TeeResult.SignatureInvalid; // it is not below the modulus
        }
    }

    internal override void Forget() => _key = null;

    private ISigner? NewSigner(AttributeReader parameters, int digestSize)
    {
        if ((_scheme.Hash is not null && digestSize != _scheme.HashSize) || !_scheme.TryGetSalt(parameters, SignatureSize, out int saltSize))
            return null;
        if (_scheme.IsPss)
            return PssSigner.CreateRawSigner(new RsaBlindedEngine(), DigestUtilities.GetDigest(_scheme.Hash), DigestUtilities.GetDigest(_scheme.Hash), saltSize, PssSigner.TrailerImplicit);
        return _scheme.Hash is null
            ? new GenericSigner(new Pkcs1Encoding(new RsaBlindedEngine()), new NullDigest())
            : new RsaDigestSigner(new RsaBlindedEngine(), new NullDigest(), new Org.BouncyCastle.Asn1.X509.AlgorithmIdentifier(OidOf(_scheme.Hash), Org.BouncyCastle.Asn1.DerNull.Instance));
    }

    private static Org.BouncyCastle.Asn1.DerObjectIdentifier OidOf(string digest) => digest switch
    {
        "MD5" => Org.BouncyCastle.Asn1.Pkcs.PkcsObjectIdentifiers.MD5,
        "SHA1" => Org.BouncyCastle.Asn1.Oiw.OiwObjectIdentifiers.IdSha1,
        "SHA224" => NistObjectIdentifiers.IdSha224,
        "SHA256" => NistObjectIdentifiers.IdSha256,
        "SHA384" => NistObjectIdentifiers.IdSha384,
        "SHA512" => NistObjectIdentifiers.IdSha512,
        "SHA3-224" => NistObjectIdentifiers.IdSha3_224,
        "SHA3-256" => NistObjectIdentifiers.IdSha3_256,
        "SHA3-384" => NistObjectIdentifiers.IdSha3_384,
        _ => NistObjectIdentifiers.IdSha3_512,
    };
}

/// <summary>RSA keys as the library has them.</summary>
internal static class BouncyCastleRsaKey
{
    private const int Certainty = 100;

    /// <summary>Makes keys that are smaller than the other library's smallest.</summary>
    internal static KeyProvider Keys { get; } = new("BouncyCastle", _ => true, Generate, IsKey);

    /// <summary>A key; null when it is none.</summary>
    internal static RsaKeyParameters? TryImport(KeyMaterial key, bool isPrivate)
    {
        BigInteger modulus = Number(key, AttributeId.RsaModulus), exponent = Number(key, AttributeId.RsaPublicExponent);
        try
        {
            if (!isPrivate)
                return new RsaKeyParameters(isPrivate: false, modulus, exponent);
            BigInteger secret = Number(key, AttributeId.RsaPrivateExponent);
            if (!key.Has(AttributeId.RsaPrime1))
                return new RsaKeyParameters(isPrivate: true, modulus, secret);
            return new RsaPrivateCrtKeyParameters(
                modulus, exponent, secret, Number(key, AttributeId.RsaPrime1), Number(key, AttributeId.RsaPrime2), Number(key, AttributeId.RsaExponent1),
                Number(key, AttributeId.RsaExponent2), Number(key, AttributeId.RsaCoefficient));
        }
        catch (ArgumentException)
        {
            return null; // the library's word for a modulus that is even, or has small factors
        }
    }

    private static bool IsKey(KeyMaterial key)
    {
        bool isPair = key.Has(AttributeId.RsaPrivateExponent);
        return RsaRules.IsKey(key) && TryImport(key, isPair) is not null && (!isPair || BouncyCastleNumbers.Rules.IsRsaPair(key));
    }

    private static TeeResult Generate(KeyMaterial key, int bits)
    {
        ReadOnlySpan<byte> exponent = key.Has(AttributeId.RsaPublicExponent) ? key[AttributeId.RsaPublicExponent] : RsaRules.DefaultExponent;
        if (!RsaRules.MayGenerateWith(exponent))
            return TeeResult.BadParameters;
        var generator = new LargePrimes();
        generator.Init(new RsaKeyGenerationParameters(new BigInteger(1, exponent), new SecureRandom(), bits, Certainty));
        var made = (RsaPrivateCrtKeyParameters)generator.GenerateKeyPair().Private;
        return Set(key, AttributeId.RsaModulus, made.Modulus) && Set(key, AttributeId.RsaPublicExponent, made.PublicExponent) && Set(key, AttributeId.RsaPrivateExponent, made.Exponent)
            && Set(key, AttributeId.RsaPrime1, made.P) && Set(key, AttributeId.RsaPrime2, made.Q) && Set(key, AttributeId.RsaExponent1, made.DP)
            && Set(key, AttributeId.RsaExponent2, made.DQ) && Set(key, AttributeId.RsaCoefficient, made.QInv)
            ? TeeResult.Success
            : TeeResult.BadParameters;
    }

    private static BigInteger Number(KeyMaterial key, AttributeId id) => new(1, key[id]);

    private static bool Set(KeyMaterial key, AttributeId id, BigInteger number) => key.Set(id, number.ToByteArrayUnsigned());

    /// <summary>
    /// Takes primes whose two upper bits are set, so that the product of any two is as long as it must be. The library tries one prime with
    /// others until it is; where the bits of a modulus are odd in number, and the first prime is one of the smallest, that may take hours.
    /// </summary>
    private sealed class LargePrimes : Org.BouncyCastle.Crypto.Generators.RsaKeyPairGenerator
    {
        protected override BigInteger ChooseRandomPrime(int bitlength, BigInteger e)
        {
            while (true)
            {
                BigInteger prime = base.ChooseRandomPrime(bitlength, e);
                if (prime.TestBit(bitlength - 2))
                    return prime;
            }
        }
    }
}
