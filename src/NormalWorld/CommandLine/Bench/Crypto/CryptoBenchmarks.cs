using System.Security.Cryptography;
using RestrictedTee.CommandLine.Measurement;
using RestrictedTee.CommandLine.Yardsticks;
using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Client;

namespace RestrictedTee.CommandLine.Bench.Crypto;

/// <summary>
/// What a client gets of a trusted application's cryptography, over a megabyte at a time: beside the same in this process by .NET, and beside
/// openssl, in the same run. Each figure is the median of rounds that are taken in turn.
/// </summary>
internal sealed class CryptoBenchmarks(TeeContext tee, Action<string> starting, List<BenchRow> rows)
{
    private const int Size = 1 << 20;
    private const int KeySize = 32;
    private const int Rounds = 5;
    private const double OfDotNet = 0.9;
    private const double OfOpenssl = 0.7;

    private static readonly TimeSpan Duration = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan WarmUp = TimeSpan.FromMilliseconds(50);

    internal void Run()
    {
        using SharedMemory source = tee.AllocateSharedMemory(Size), destination = tee.AllocateSharedMemory(Size);
        RandomNumberGenerator.Fill(source.Span);
        byte[] text = source.Span.ToArray(), result = new byte[Size], key = RandomNumberGenerator.GetBytes(KeySize), tag = new byte[16];

        using var client = new CryptClient(tee);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var aes = Aes.Create();
        aes.Key = key;
        using var gcm = new AesGcm(key, tag.Length);
        byte[] nonce = new byte[12], iv = new byte[16];
        Throughput("SHA-256", "sha256", client.Command(Crypt.CommandDigestUpdate, Piece(client.NewOperation(CryptNumbers.Sha256, CryptNumbers.ModeDigest, 0), source)), () => hash.AppendData(text));
        Throughput("AES-256-CBC", "aes-256-cbc", Cipher(client, CryptNumbers.AesCbcNoPad, source, destination), () => aes.EncryptCbc(text, iv, result, PaddingMode.None));
        Throughput("AES-256-GCM", "aes-256-gcm", Gcm(client, source, destination), () => gcm.Encrypt(nonce, text, result, tag));
        Throughput("AES-256-CTR", "aes-256-ctr", Cipher(client, CryptNumbers.AesCtr, source, destination), dotnet: null);
        Throughput("AES-256-XTS", "aes-256-xts", Cipher(client, CryptNumbers.AesXts, source, destination), dotnet: null);
        Collections(source, destination);
        new KeyPairBenchmarks(tee, starting, rows).Run();
    }

    private static Action Cipher(CryptClient client, uint algorithm, SharedMemory source, SharedMemory destination)
    {
        const uint Bits = KeySize * 8;
        bool hasTwo = algorithm == CryptNumbers.AesXts;
        uint key = client.NewKey(CryptNumbers.Aes, Bits), second = hasTwo ? client.NewKey(CryptNumbers.Aes, Bits) : 0;
        uint operation = client.NewOperation(algorithm, CryptNumbers.ModeEncrypt, hasTwo ? 2 * Bits : Bits, key, second);
        client.Command(Crypt.CommandCipherInit, new Operation(Parameter.ValueInput(operation), Parameter.TempInput(new byte[16])))();
        return client.Command(Crypt.CommandCipherUpdate, Piece(operation, source, destination));
    }

    private static Action Gcm(CryptClient client, SharedMemory source, SharedMemory destination)
    {
        const uint Bits = KeySize * 8, TagBytes = 16;
        uint operation = client.NewOperation(CryptNumbers.AesGcm, CryptNumbers.ModeEncrypt, Bits, client.NewKey(CryptNumbers.Aes, Bits));
        client.Command(Crypt.CommandAeInit, new Operation(Parameter.ValueInput(operation, TagBytes), Parameter.TempInput(new byte[12]), Parameter.ValueInput(0, 0)))();
        return client.Command(Crypt.CommandAeUpdate, Piece(operation, source, destination));
    }

    private static Operation Piece(uint operation, SharedMemory source) => new(Parameter.ValueInput(operation), Parameter.Partial(source, Direction.Input, 0, Size));

    private static Operation Piece(uint operation, SharedMemory source, SharedMemory destination) =>
        new(Parameter.ValueInput(operation), Parameter.Partial(source, Direction.Input, 0, Size), Parameter.Partial(destination, Direction.Output, 0, Size));

    private void Throughput(string name, string nameOfOpenssl, Action byTa, Action? dotnet)
    {
        starting($"{name}, 1 MiB");
        double[] ours = new double[Rounds], theirs = new double[Rounds], openssl = new double[Rounds];
        for (int round = 0; round < Rounds; round++)
        {
            ours[round] = Rate(byTa);
            theirs[round] = dotnet is null ? double.NaN : Rate(dotnet);
            openssl[round] = OpensslYardstick.Measure(nameOfOpenssl, Size) ?? double.NaN;
        }

        (double own, double net, double ssl) = (MedianOf(ours), MedianOf(theirs), MedianOf(openssl));
        if (dotnet is not null)
            rows.Add(new BenchRow($"{name} of 1 MiB by .NET", net, "MiB/s", Against: "the yardstick"));
        if (double.IsFinite(ssl))
            rows.Add(new BenchRow($"{name} of 1 MiB by openssl", ssl, "MiB/s", Against: "the yardstick"));
        if (dotnet is not null)
            rows.Add(Beside(name, own, net, ".NET", OfDotNet));
        if (double.IsFinite(ssl))
            rows.Add(dotnet is null ? Beside(name, own, ssl, "openssl", OfOpenssl) : new BenchRow($"{name} of 1 MiB by a TA", own, "MiB/s", own / ssl, "openssl"));
        else if (dotnet is null)
            rows.Add(new BenchRow($"{name} of 1 MiB by a TA", own, "MiB/s", Against: "no openssl to compare with"));
    }

    /// <summary>Collections in the secure world that pieces of 1 MiB bring about: a managed allocation for each would show in so many.</summary>
    private void Collections(SharedMemory source, SharedMemory destination)
    {
        const int Updates = 200_000, Bytes = 64;
        starting("garbage collections");
        using var client = new CryptClient(tee);
        using TeeSession hello = tee.OpenSession(HelloWorld.Uuid);
        uint operation = client.NewOperation(CryptNumbers.AesCtr, CryptNumbers.ModeEncrypt, KeySize * 8, client.NewKey(CryptNumbers.Aes, KeySize * 8));
        client.Command(Crypt.CommandCipherInit, new Operation(Parameter.ValueInput(operation), Parameter.TempInput(new byte[16])))();
        Action update = client.Command(
            Crypt.CommandCipherUpdate,
            new Operation(Parameter.ValueInput(operation), Parameter.Partial(source, Direction.Input, 0, Bytes), Parameter.Partial(destination, Direction.Output, 0, Bytes)));
        uint before = CollectionsOf(hello);
        for (int i = 0; i < Updates; i++)
            update();
        double count = CollectionsOf(hello) - before;
        rows.Add(new BenchRow("AES-CTR in pieces, garbage collections in the secure world", count, "of 200,000 updates", Target: "0", Met: count == 0));
    }

    private static uint CollectionsOf(TeeSession hello)
    {
        var operation = new Operation(Parameter.ValueOutput());
        hello.Invoke(HelloWorld.CommandCollections, operation);
        return operation[0].A;
    }

    private static BenchRow Beside(string name, double own, double yardstick, string against, double atLeast) =>
        new($"{name} of 1 MiB by a TA", own, "MiB/s", own / yardstick, against, $"≥ {atLeast}", own / yardstick >= atLeast);

    private static double Rate(Action action) => Measure.RateOf(action, Duration, WarmUp) * Size / (1 << 20);

    private static double MedianOf(double[] values)
    {
        Array.Sort(values);
        return values[values.Length / 2];
    }
}
