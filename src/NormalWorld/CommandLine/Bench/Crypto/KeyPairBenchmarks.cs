using System.Security.Cryptography;
using RestrictedTee.CommandLine.Measurement;
using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Client;

namespace RestrictedTee.CommandLine.Bench.Crypto;

/// <summary>Signatures from a client through a trusted application, and the making of keys, beside .NET's in this process in the same run.</summary>
internal sealed class KeyPairBenchmarks(TeeContext tee, Action<string> starting, List<BenchRow> rows)
{
    private const int Rounds = 5;
    private const double AtMost = 1 / 0.9; // 90 % of .NET's rate
    private const uint RsaBits = 2048;
    private const uint EcBits = 256;
    private const int Seldom = 100;

    private static readonly TimeSpan WarmUp = TimeSpan.FromMilliseconds(50);

    internal void Run()
    {
        byte[] digest = RandomNumberGenerator.GetBytes(SHA256.HashSizeInBytes);
        using var client = new CryptClient(tee);
        using var rsa = RSA.Create((int)RsaBits);
        byte[] signature = rsa.SignHash(digest, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1), room = new byte[signature.Length];
        Pair(
            client,
            "RSA-2048",
            count: 300,
            new Scheme(CryptNumbers.RsassaPkcs1Sha256, RsaBits, client.NewKey(CryptNumbers.RsaKeyPair, RsaBits), signature.Length),
            digest,
            () => rsa.SignHash(digest, room, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
            () => rsa.VerifyHash(digest, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));

        using var ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        byte[] ecSignature = ec.SignHash(digest), ecRoom = new byte[ecSignature.Length];
        Pair(
            client,
            "P-256",
            count: 2000,
            new Scheme(CryptNumbers.EcdsaSha256, EcBits, client.NewKey(CryptNumbers.EcdsaKeyPair, EcBits, CryptNumbers.CurveP256), ecSignature.Length),
            digest,
            () => ec.TrySignHash(digest, ecRoom, out _),
            () => ec.VerifyHash(digest, ecSignature));

        Keys(client);
    }

    private sealed record Scheme(uint Algorithm, uint Bits, uint Key, int SignatureSize);

    private void Pair(CryptClient client, string name, int count, Scheme scheme, byte[] digest, Action sign, Action verify)
    {
        starting($"{name} signatures");
        byte[] signature = new byte[scheme.SignatureSize], none = new byte[sizeof(uint)];
        uint signing = client.NewOperation(scheme.Algorithm, CryptNumbers.ModeSign, scheme.Bits, scheme.Key);
        uint verifying = client.NewOperation(scheme.Algorithm, CryptNumbers.ModeVerify, scheme.Bits, scheme.Key);
        Action signByTa = client.Command(
            Crypt.CommandAsymmetricSignDigest,
            new Operation(Parameter.ValueInput(signing), Parameter.TempInput(none), Parameter.TempInput(digest), Parameter.TempOutput(signature)));
        signByTa();
        Action verifyByTa = client.Command(
            Crypt.CommandAsymmetricVerifyDigest,
            new Operation(Parameter.ValueInput(verifying), Parameter.TempInput(none), Parameter.TempInput(digest), Parameter.TempInput(signature)));
        InTurn($"{name} sign", count, signByTa, sign);
        InTurn($"{name} verify", count, verifyByTa, verify);
    }

    private void InTurn(string name, int count, Action byTa, Action dotnet)
    {
        (Latency own, Latency net) = Measure.LatenciesInTurn(Rounds, byTa, dotnet, count, WarmUp);
        rows.Add(BenchRow.Of($"{name} by .NET", net) with { Against = "the yardstick" });
        rows.Add(BenchRow.Of($"{name} by a TA", own).Beside(net.P50, ".NET", AtMost));
    }

    private void Keys(CryptClient client)
    {
        KeyOf(client, "AES-256", CryptNumbers.Aes, 256, 0, 500, () => RandomNumberGenerator.GetBytes(32));
        KeyOf(client, "P-256", CryptNumbers.EcdsaKeyPair, EcBits, CryptNumbers.CurveP256, 500, () => ECDsa.Create(ECCurve.NamedCurves.nistP256).Dispose());
        KeyOf(client, "Ed25519", CryptNumbers.Ed25519KeyPair, 256, 0, 200, dotnet: null);
        KeyOf(client, "X25519", CryptNumbers.X25519KeyPair, 256, 0, 200, dotnet: null);
        KeyOf(client, "RSA-2048", CryptNumbers.RsaKeyPair, RsaBits, 0, 10, () => NewRsa((int)RsaBits));
        KeyOf(client, "RSA-4096", CryptNumbers.RsaKeyPair, 4096, 0, 1, () => NewRsa(4096));
    }

    private static void NewRsa(int bits)
    {
        using var rsa = RSA.Create(bits);
        rsa.ExportParameters(includePrivateParameters: false); // a key is made when it is first needed
    }

    private void KeyOf(CryptClient client, string name, uint type, uint bits, uint curve, int count, Action? dotnet)
    {
        starting($"{name} keys");
        TimeSpan warmUp = count < Seldom ? TimeSpan.Zero : WarmUp; // a single key of RSA may take seconds
        uint key = client.NewObject(type, bits);
        Action generate = client.Generate(key, bits, curve), reset = client.Reset(key);
        void Both()
        {
            generate();
            reset();
        }

        if (dotnet is null)
        {
            rows.Add(BenchRow.Of($"{name} key by a TA", Measure.LatencyOf(Both, count, warmUp)));
            return;
        }

        (Latency own, Latency net) = Measure.LatenciesInTurn(Rounds, Both, dotnet, count, warmUp);
        rows.Add(BenchRow.Of($"{name} key by a TA", own).Beside(net.P50, ".NET"));
    }
}
