using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.Xtest.Framework;

namespace RestrictedTee.Xtest.Regression4000;

/// <summary>Keys that the TA makes, and objects that there are none of.</summary>
internal static class KeyCases
{
    internal static readonly XtestCase[] All =
    [
        new("regression_4007_symmetric", "Test TEE Internal API Generate Symmetric key", c => Generate(c, Gp.Aes, [128, 192, 256], [Gp.SecretValue])),
        new("regression_4007_rsa", "Test TEE Internal API Generate RSA key", c =>
            Generate(c, Gp.RsaKeyPair, [512, 1024, 2048], [Gp.RsaModulus, Gp.RsaPublicExponent, Gp.RsaPrivateExponent])),
        new("regression_4007_dh", "Test TEE Internal API Generate DH key", c =>
            Generate(c, Gp.DhKeyPair, [2048], [Gp.DhPublicValue, Gp.DhPrivateValue], Group(Gp.DhKeyPair))),
        new("regression_4007_dsa", "Test TEE Internal API Generate DSA key", c =>
            Generate(c, Gp.DsaKeyPair, [1024], [Gp.DsaPublicValue, Gp.DsaPrivateValue], Group(Gp.DsaKeyPair))),
        new("regression_4007_ecc", "Test TEE Internal API Generate ECC key", GenerateOnCurves),
        new("regression_4007_x25519", "Test TEE Internal API Generate X25519 key", c =>
            Generate(c, Gp.X25519KeyPair, [256], [Gp.X25519PublicValue, Gp.X25519PrivateValue])),
        new("regression_4007_ed25519", "Test TEE Internal API Generate ed25519 key", c =>
            Generate(c, Gp.Ed25519KeyPair, [256], [Gp.Ed25519PublicValue, Gp.Ed25519PrivateValue])),
        new("regression_4010", "Test TEE Internal API create transient object (negative)", TooLargeASecret),
    ];

    /// <summary>The numbers of a group that keys are made in: group 14 of RFC 3526, and one of DSA that was made for this.</summary>
    internal static CryptAttributes Group(uint type) => CryptVectors.Load("Groups").First(row => row.Number("keyType") == type).Attributes("parameters")!;

    private static void Generate(CaseRun c, uint type, uint[] sizes, uint[] attributes, CryptAttributes? parameters = null)
    {
        using var crypt = new CryptSession(c);
        foreach (uint bits in sizes)
        {
            using CaseRun.SubCase subCase = c.Begin($"{bits} bits");
            uint first = crypt.GenerateKey(type, bits, parameters), second = crypt.GenerateKey(type, bits, parameters);
            foreach (uint attribute in attributes)
            {
                byte[] value = crypt.BufferAttribute(first, attribute);
                c.Expect(value.Length > 0 && value.Length <= (bits + 7) / 8, $"1 to {(bits + 7) / 8} bytes of attribute 0x{attribute:x8}, got {value.Length}");
                if (attribute != Gp.RsaPublicExponent)
                    c.Expect(!value.SequenceEqual(crypt.BufferAttribute(second, attribute)), $"another attribute 0x{attribute:x8} of another key");
            }

            crypt.Do(Crypt.CommandFreeTransientObject, Parameter.ValueInput(first));
            crypt.Do(Crypt.CommandFreeTransientObject, Parameter.ValueInput(second));
        }
    }

    private static void GenerateOnCurves(CaseRun c)
    {
        foreach ((uint curve, uint bits) in Gp.CurveBits)
            Generate(c, Gp.EcdsaKeyPair, [bits], [Gp.EccPublicValueX, Gp.EccPublicValueY, Gp.EccPrivateValue], new CryptAttributes().Add(Gp.EccCurve, curve));
    }

    private static void TooLargeASecret(CaseRun c)
    {
        using var crypt = new CryptSession(c);
        uint key = crypt.NewObject(Gp.HmacSha256, 1024);
        byte[] secret = new CryptAttributes().Add(Gp.SecretValue, new byte[1024]).Pack();

        c.ExpectResult(TeecResult.TargetDead, crypt.Try(Crypt.CommandPopulateTransientObject, new Operation(Parameter.ValueInput(key), Parameter.TempInput(secret))));
    }
}
