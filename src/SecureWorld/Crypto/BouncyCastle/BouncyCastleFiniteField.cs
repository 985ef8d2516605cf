using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Generators;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.Security;
using RestrictedTee.Sdk;

namespace RestrictedTee.SecureWorld.Crypto.BouncyCastle;

/// <summary>Keys of DSA and Diffie-Hellman, over numbers, as the library has them.</summary>
internal static class BouncyCastleFiniteField
{
    internal static KeyProvider Dsa { get; } = new("BouncyCastle", _ => true, GenerateDsa, key => BouncyCastleNumbers.Rules.IsDsa(key) && TryImportDsa(key, isPrivate: false) is not null);

    internal static KeyProvider Dh { get; } = new("BouncyCastle", _ => true, GenerateDh, key => BouncyCastleNumbers.Rules.IsDh(key) && TryImportDh(key, key[AttributeId.DhPublicValue]) is not null);

    /// <summary>A key of DSA; null when it is none.</summary>
    internal static ICipherParameters? TryImportDsa(KeyMaterial key, bool isPrivate)
    {
        var group = new DsaParameters(Number(key, AttributeId.DsaPrime), Number(key, AttributeId.DsaSubprime), Number(key, AttributeId.DsaBase));
        if (group.Q.SignValue == 0 || group.P.SignValue == 0)
            return null;
        try
        {
            if (!isPrivate)
                return new DsaPublicKeyParameters(Number(key, AttributeId.DsaPublicValue), group);
            BigInteger secret = Number(key, AttributeId.DsaPrivateValue);
            return secret.SignValue > 0 && secret.CompareTo(group.Q) < 0 ? new DsaPrivateKeyParameters(secret, group) : null;
        }
        catch (ArgumentException)
        {
            return null; // the library's word for a number that is not of the group
        }
    }

    /// <summary>A public key of Diffie-Hellman in the group of a key; null when it is none.</summary>
    internal static DHPublicKeyParameters? TryImportDh(KeyMaterial group, ReadOnlySpan<byte> value)
    {
        try
        {
            return new DHPublicKeyParameters(new BigInteger(1, value), Group(group));
        }
        catch (ArgumentException)
        {
            return null; // as above
        }
    }

    /// <summary>The private key of Diffie-Hellman.</summary>
    internal static DHPrivateKeyParameters ImportDh(KeyMaterial key) => new(Number(key, AttributeId.DhPrivateValue), Group(key));

    private static DHParameters Group(KeyMaterial key) => new(
        Number(key, AttributeId.DhPrime), Number(key, AttributeId.DhBase), key.Has(AttributeId.DhSubprime) ? Number(key, AttributeId.DhSubprime) : null, 0, (int)key.Value(AttributeId.DhXBits));

    private static TeeResult GenerateDsa(KeyMaterial key, int bits)
    {
        var group = new DsaParameters(Number(key, AttributeId.DsaPrime), Number(key, AttributeId.DsaSubprime), Number(key, AttributeId.DsaBase));
        if (group.Q.BitLength < 2 || group.P.BitLength <= group.Q.BitLength)
            return TeeResult.BadParameters;
        var generator = new DsaKeyPairGenerator();
        generator.Init(new DsaKeyGenerationParameters(new SecureRandom(), group));
        AsymmetricCipherKeyPair made = generator.GenerateKeyPair();
        return key.Set(AttributeId.DsaPrivateValue, ((DsaPrivateKeyParameters)made.Private).X.ToByteArrayUnsigned())
            && key.Set(AttributeId.DsaPublicValue, ((DsaPublicKeyParameters)made.Public).Y.ToByteArrayUnsigned())
            ? TeeResult.Success
            : TeeResult.BadParameters;
    }

    private static TeeResult GenerateDh(KeyMaterial key, int bits)
    {
        uint privateBits = key.Value(AttributeId.DhXBits);
        if (privateBits >= bits)
            return TeeResult.BadParameters;
        try
        {
            var generator = new DHKeyPairGenerator();
            generator.Init(new DHKeyGenerationParameters(new SecureRandom(), Group(key)));
            AsymmetricCipherKeyPair made = generator.GenerateKeyPair();
            key.Set(AttributeId.DhXBits, privateBits);
            return key.Set(AttributeId.DhPrivateValue, ((DHPrivateKeyParameters)made.Private).X.ToByteArrayUnsigned())
                && key.Set(AttributeId.DhPublicValue, ((DHPublicKeyParameters)made.Public).Y.ToByteArrayUnsigned())
                ? TeeResult.Success
                : TeeResult.BadParameters;
        }
        catch (ArgumentException)
        {
            return TeeResult.BadParameters; // the numbers are of no group
        }
    }

    private static BigInteger Number(KeyMaterial key, AttributeId id) => new(1, key[id]);
}
