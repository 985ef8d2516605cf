using System.Text.Json;
using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.Xtest.Framework;

namespace RestrictedTee.Xtest.Regression4000;

/// <summary>Signatures and encryption with pairs of keys.</summary>
internal static class AsymmetricCases
{
    internal static readonly XtestCase[] All =
    [
        new("regression_4006_rsa", "Test TEE Internal API RSA Cipher/Authentication operations", Rsa),
        new("regression_4006_dsa", "Test TEE Internal API DSA Cipher/Authentication operations", c =>
            SignAndVerify(c, Gp.DsaKeyPair, 1024, KeyCases.Group(Gp.DsaKeyPair), [("DSA with SHA-1", Gp.DsaSha1, 20)])),
        new("regression_4006_ecdsa", "Test TEE Internal API ECDSA Cipher/Authentication operations", Ecdsa),
        new("regression_4006_sm2", "Test TEE Internal API SM2 Cipher/Authentication operations", Sm2),
        new("regression_4011", "Test TEE Internal API Bleichenbacher attack (negative)", Bleichenbacher),
        new("regression_4016", "Test TEE Internal API ED25519 sign/verify", c => VerifyVectors(c, "Ed25519")),
    ];

    private static void Rsa(CaseRun c)
    {
        SignAndVerify(c, Gp.RsaKeyPair, 1024, null, [("PKCS#1 v1.5", Gp.RsassaPkcs1Sha256, 32), ("PSS", Gp.RsassaPssSha256, 32)]);
        using var crypt = new CryptSession(c);
        uint key = crypt.GenerateKey(Gp.RsaKeyPair, 1024);
        foreach ((string name, uint algorithm) in ((string, uint)[])[("PKCS#1 v1.5", Gp.RsaesPkcs1), ("OAEP, SHA-1", Gp.RsaesOaepSha1), ("OAEP, SHA-256", Gp.RsaesOaepSha256)])
        {
            using CaseRun.SubCase subCase = c.Begin($"encryption by {name}");
            byte[] message = "a message"u8.ToArray();
            uint encryption = crypt.NewOperation(algorithm, Gp.Encrypt, 1024, key), decryption = crypt.NewOperation(algorithm, Gp.Decrypt, 1024, key);
            byte[] ciphertext = crypt.Output(Crypt.CommandAsymmetricEncrypt, Parameter.ValueInput(encryption), None, Parameter.TempInput(message));
            c.ExpectBytes(message, crypt.Output(Crypt.CommandAsymmetricDecrypt, Parameter.ValueInput(decryption), None, Parameter.TempInput(ciphertext)));
        }
    }

    private static void Ecdsa(CaseRun c)
    {
        VerifyVectors(c, "EcdsaSha256");
        foreach ((uint curve, uint bits) in Gp.CurveBits)
            SignAndVerify(c, Gp.EcdsaKeyPair, bits, new CryptAttributes().Add(Gp.EccCurve, curve), [($"ECDSA of {bits} bits", Gp.EcdsaSha256, 32)]);
    }

    private static void Sm2(CaseRun c)
    {
        VerifyVectors(c, "Sm2DsaSm3");
        using var crypt = new CryptSession(c);
        foreach (JsonElement row in CryptVectors.Load("AsymmetricCiphers"))
        {
            using CaseRun.SubCase subCase = c.Begin(row.Text("name"));
            uint key = crypt.NewKey(row.Number("keyType"), 256, row.Attributes("key")!);
            uint encryption = crypt.NewOperation(row.Number("algorithm"), Gp.Encrypt, 256, key), decryption = crypt.NewOperation(row.Number("algorithm"), Gp.Decrypt, 256, key);
            byte[] ciphertext = crypt.Output(Crypt.CommandAsymmetricEncrypt, Parameter.ValueInput(encryption), None, Parameter.TempInput(row.Bytes("plaintext")));
            foreach (byte[] given in (byte[][])[ciphertext, row.Bytes("ciphertext")])
                c.ExpectBytes(row.Bytes("plaintext"), crypt.Output(Crypt.CommandAsymmetricDecrypt, Parameter.ValueInput(decryption), None, Parameter.TempInput(given)));
        }
    }

    /// <summary>Signatures of the standards verify, one's own too, and none of another digest.</summary>
    private static void VerifyVectors(CaseRun c, string name)
    {
        using var crypt = new CryptSession(c);
        foreach (JsonElement row in CryptVectors.Load("Signatures").Where(row => row.Text("name") == name))
        {
            using CaseRun.SubCase subCase = c.Begin(row.Text("name"));
            uint key = crypt.NewKey(row.Number("keyType"), 256, row.Attributes("key")!);
            uint signing = crypt.NewOperation(row.Number("algorithm"), Gp.Sign, 256, key), verification = crypt.NewOperation(row.Number("algorithm"), Gp.Verify, 256, key);
            Parameter parameters = Parameter.TempInput(row.Attributes("parameters")!.Pack());
            byte[] digest = row.Bytes("digest"), signature = crypt.Output(Crypt.CommandAsymmetricSignDigest, Parameter.ValueInput(signing), parameters, Parameter.TempInput(digest));
            c.ExpectSuccess(Verify(crypt, verification, parameters, digest, row.Bytes("signature")));
            ExpectOnlyOf(c, crypt, verification, parameters, digest, signature);
        }
    }

    private static void SignAndVerify(CaseRun c, uint type, uint bits, CryptAttributes? group, (string Name, uint Algorithm, int DigestSize)[] schemes)
    {
        using var crypt = new CryptSession(c);
        uint key = crypt.GenerateKey(type, bits, group);
        foreach ((string name, uint algorithm, int digestSize) in schemes)
        {
            using CaseRun.SubCase subCase = c.Begin($"signature by {name}");
            byte[] digest = [.. Enumerable.Range(1, digestSize).Select(i => (byte)i)];
            uint signing = crypt.NewOperation(algorithm, Gp.Sign, bits, key), verification = crypt.NewOperation(algorithm, Gp.Verify, bits, key);
            byte[] signature = crypt.Output(Crypt.CommandAsymmetricSignDigest, Parameter.ValueInput(signing), None, Parameter.TempInput(digest));
            ExpectOnlyOf(c, crypt, verification, None, digest, signature);
            var tooShort = new Operation(Parameter.ValueInput(signing), None, Parameter.TempInput(digest), Parameter.TempOutput(new byte[signature.Length - 1]));
            c.ExpectResult(TeecResult.ShortBuffer, crypt.Try(Crypt.CommandAsymmetricSignDigest, tooShort));
            c.Expect(tooShort[3].Size == signature.Length, $"{signature.Length} bytes to be asked for, got {tooShort[3].Size}");
        }
    }

    /// <summary>A signature of RSA that says nothing of its digest's end (RFC 8017 section 8.2.2, note 2) is none, wherever a byte of it is another.</summary>
    private static void Bleichenbacher(CaseRun c)
    {
        using var crypt = new CryptSession(c);
        uint key = crypt.GenerateKey(Gp.RsaKeyPair, 512);
        uint signing = crypt.NewOperation(Gp.RsassaPkcs1Sha1, Gp.Sign, 512, key), verification = crypt.NewOperation(Gp.RsassaPkcs1Sha1, Gp.Verify, 512, key);
        byte[] digest = new byte[20], signature = crypt.Output(Crypt.CommandAsymmetricSignDigest, Parameter.ValueInput(signing), None, Parameter.TempInput(digest));
        for (int i = 0; i < signature.Length; i++)
        {
            byte[] forged = [.. signature];
            forged[i] ^= 1;
            c.ExpectResult(Gp.SignatureInvalid, Verify(crypt, verification, None, digest, forged));
        }

        c.ExpectSuccess(Verify(crypt, verification, None, digest, signature));
    }

    private static Parameter None => Parameter.TempInput(ReadOnlyMemory<byte>.Empty);

    private static void ExpectOnlyOf(CaseRun c, CryptSession crypt, uint verification, Parameter parameters, byte[] digest, byte[] signature)
    {
        c.ExpectSuccess(Verify(crypt, verification, parameters, digest, signature));
        byte[] forged = [.. signature];
        forged[^1] ^= 1;
        c.ExpectResult(Gp.SignatureInvalid, Verify(crypt, verification, parameters, digest, forged));
    }

    private static TeecResult Verify(CryptSession crypt, uint operation, Parameter parameters, byte[] digest, byte[] signature) => crypt.Try(
        Crypt.CommandAsymmetricVerifyDigest, new Operation(Parameter.ValueInput(operation), parameters, Parameter.TempInput(digest), Parameter.TempInput(signature)));
}
