using System.Text.Json;
using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.Xtest.Framework;

namespace RestrictedTee.Xtest.Regression4000;

/// <summary>Derivation of secrets, and what comes of the device.</summary>
internal static class DerivationCases
{
    internal static readonly XtestCase[] All =
    [
        new("regression_4008", "Test TEE Internal API Derive key", DiffieHellman),
        new("regression_4009", "Test TEE Internal API Derive key ECDH", c => Vectors(c, "EcdhDeriveSharedSecret")),
        new("regression_4012", "Test seeding RNG entropy", c =>
        {
            using var crypt = new CryptSession(c);
            crypt.Do(Crypt.CommandSeedRngPool, Parameter.TempInput(new byte[32]));
        }),
        new("regression_4013", "Test generation of device unique TA keys", DeviceKeys),
        new("regression_4014", "Test SM2 KEP (key derivation)", c => Vectors(c, "Sm2Kep")),
        new("regression_4015", "Test TEE Internal API Derive key X25519", c => Vectors(c, "X25519", "X448")),
        new("regression_4019", "Test ECDH invalid curve attack rejection", InvalidCurve),
        new("regression_8001", "Test TEE Internal API key derivation extensions", c => Vectors(c, "HkdfSha256DeriveKey", "Hkdf", "Pbkdf2HmacSha1DeriveKey")),
    ];

    /// <summary>Two have one secret.</summary>
    private static void DiffieHellman(CaseRun c)
    {
        using var crypt = new CryptSession(c);
        uint first = crypt.GenerateKey(Gp.DhKeyPair, 2048, KeyCases.Group(Gp.DhKeyPair)), second = crypt.GenerateKey(Gp.DhKeyPair, 2048, KeyCases.Group(Gp.DhKeyPair));
        byte[] one = Agree(first, second), other = Agree(second, first);

        c.ExpectBytes(one, other);
        c.Expect(one.Length > 200, $"a secret of the prime's size, got {one.Length} bytes");

        byte[] Agree(uint own, uint peer) => Secret(
            crypt,
            crypt.NewOperation(Gp.DhDeriveSharedSecret, Gp.Derive, 2048, own),
            2048,
            new CryptAttributes().Add(Gp.DhPublicValue, crypt.BufferAttribute(peer, Gp.DhPublicValue)));
    }

    private static void Vectors(CaseRun c, params string[] names)
    {
        using var crypt = new CryptSession(c);
        foreach (JsonElement row in CryptVectors.Load("Derivations").Where(row => names.Contains(row.Text("name"))))
        {
            using CaseRun.SubCase subCase = c.Begin(row.Text("name"));
            CryptAttributes own = row.Attributes("key")!;
            uint type = row.Number("keyType"), bits = BitsOf(row), key = crypt.NewKey(type, bits, own), operation;
            byte[] secret = row.Bytes("secret");
            if (row.Attributes("key2") is { } ephemeral)
            {
                operation = crypt.NewOperation(row.Number("algorithm"), Gp.Derive, 2 * bits);
                crypt.Do(Crypt.CommandSetOperationKey2, Parameter.ValueInput(operation, key), Parameter.ValueInput(crypt.NewKey(type, bits, ephemeral)));
            }
            else
            {
                operation = crypt.NewOperation(row.Number("algorithm"), Gp.Derive, bits, key);
            }

            // Of SM2 the largest size of the object is that of the secret in bytes, as upstream.
            uint room = type == Gp.Sm2KepKeyPair ? (uint)secret.Length : (uint)secret.Length * 8;
            c.ExpectBytes(secret, Secret(crypt, operation, room, row.Attributes("parameters")!));
        }
    }

    private static void DeviceKeys(CaseRun c)
    {
        using var crypt = new CryptSession(c);
        crypt.Do(Crypt.CommandDeriveTaUniqueKey);

        var shared = new Operation(Parameter.TempInput(new byte[32]), Parameter.TempOutput(new byte[32]));

        c.ExpectResult(TeecResult.Security, crypt.Try(Crypt.CommandDeriveTaUniqueKeyShm, shared));
    }

    private static void InvalidCurve(CaseRun c)
    {
        foreach ((uint curve, uint bits) in Gp.CurveBits)
        {
            using CaseRun.SubCase subCase = c.Begin($"a point of no curve of {bits} bits");
            using var crypt = new CryptSession(c);
            int size = (int)(bits + 7) / 8;
            uint key = crypt.GenerateKey(Gp.EcdhKeyPair, bits, new CryptAttributes().Add(Gp.EccCurve, curve));
            uint operation = crypt.NewOperation(Gp.EcdhDeriveSharedSecret, Gp.Derive, bits, key), derived = crypt.NewObject(Gp.GenericSecret, (uint)size * 8);
            byte[] x = crypt.BufferAttribute(key, Gp.EccPublicValueX), y = crypt.BufferAttribute(key, Gp.EccPublicValueY);
            y[^1] ^= 1; // of two neighbours at most one has a point there
            byte[] peer = new CryptAttributes().Add(Gp.EccPublicValueX, x).Add(Gp.EccPublicValueY, y).Pack();

            c.ExpectResult(TeecResult.TargetDead, crypt.Try(Crypt.CommandDeriveKey, new Operation(Parameter.ValueInput(operation, derived), Parameter.TempInput(peer))));
        }
    }

    private static byte[] Secret(CryptSession crypt, uint operation, uint bits, CryptAttributes parameters)
    {
        uint derived = crypt.NewObject(Gp.GenericSecret, bits);
        crypt.Do(Crypt.CommandDeriveKey, Parameter.ValueInput(operation, derived), Parameter.TempInput(parameters.Pack()));
        return crypt.BufferAttribute(derived, Gp.SecretValue);
    }

    /// <summary>Bits of a key: those of its curve, or of its only bytes.</summary>
    private static uint BitsOf(JsonElement row)
    {
        CryptAttributes key = row.Attributes("key")!;
        return Gp.CurveBits.TryGetValue(key.ValueOf(Gp.EccCurve), out uint bits) ? bits
            : row.Number("keyType") == Gp.Sm2KepKeyPair ? 256
            : (uint)key.LongestLength * 8;
    }
}
