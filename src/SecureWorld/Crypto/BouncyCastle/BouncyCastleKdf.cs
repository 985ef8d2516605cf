using System.Security.Cryptography;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Agreement.Kdf;
using Org.BouncyCastle.Crypto.Generators;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Security;
using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Crypto.Schemes;

namespace RestrictedTee.SecureWorld.Crypto.BouncyCastle;

/// <summary>Key derivation functions of BouncyCastle.</summary>
internal sealed class BouncyCastleKdf : DerivationEngine
{
    private readonly KdfRule _rule;
    private byte[] _secret = [];

    private BouncyCastleKdf(KdfRule rule) => _rule = rule;

    internal static Provider<DerivationEngine> Provider(KdfRule rule) => new("BouncyCastle", () => true, _ => new BouncyCastleKdf(rule));

    internal override bool SetKey(KeyMaterial key)
    {
        Forget();
        _secret = key.Secret.ToArray();
        return true;
    }

    internal override TeeResult Derive(AttributeReader parameters, Span<byte> secret, out int size)
    {
        size = 0;
        if (!_rule.TryRead(parameters, secret.Length, out DerivationParameters found) || found.Iterations > int.MaxValue)
            return TeeResult.BadParameters;
        IDigest digest = DigestUtilities.GetDigest(HashNames.Of(found.Hash).Name);
        size = (int)found.Size;
        switch (_rule.Kind)
        {
            case KdfKind.Hkdf:
                var hkdf = new HkdfBytesGenerator(digest);
                hkdf.Init(new HkdfParameters(_secret, found.Salt.IsEmpty ? null : found.Salt.ToArray(), found.Info.ToArray()));
                hkdf.GenerateBytes(secret[..size]);
                break;
            case KdfKind.Concat:
                var concat = new ConcatenationKdfGenerator(digest);
                concat.Init(new KdfParameters(_secret, found.Info.ToArray()));
                concat.GenerateBytes(secret[..size]);
                break;
            default:
                var pbkdf2 = new Pkcs5S2ParametersGenerator(digest);
                pbkdf2.Init(_secret, found.Salt.ToArray(), (int)found.Iterations);
                byte[] made = ((KeyParameter)pbkdf2.GenerateDerivedMacParameters(8 * size)).GetKey();
                made.CopyTo(secret);
                CryptographicOperations.ZeroMemory(made);
                break;
        }

        return TeeResult.Success;
    }

    internal override void Forget()
    {
        CryptographicOperations.ZeroMemory(_secret);
        _secret = [];
    }
}
