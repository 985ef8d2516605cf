using System.Security.Cryptography;
using RestrictedTee.CommandLine.Measurement;
using RestrictedTee.CommandLine.Yardsticks;
using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.DmaBuf;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Board;

namespace RestrictedTee.CommandLine.Bench;

/// <summary>
/// Content, decrypted and shown from a client, beside openssl in the same run. What the reader costs is what a piece that is shown
/// takes longer than one that is not. openssl counts its CPU time, so that a busy neighbour on the machine does not slow it; of ours
/// the median call is taken, which the scheduler has not interrupted either.
/// </summary>
internal sealed class ContentBenchmarks(TeeContext tee, Action<string> starting, List<BenchRow> rows)
{
    private const int Rounds = 5;
    private const double CipherTarget = 0.7;
    private const double DigestTarget = 0.9;
    private static readonly int[] Sizes = [16 << 10, 1 << 20];

    internal void Run()
    {
        foreach (int size in Sizes)
        {
            starting($"AES-CTR and SHA-256, {Name(size)}");
            Measure(size);
        }
    }

    private void Measure(int size)
    {
        using TeeSession plain = Decryptor(flags: 0), shown = Decryptor(ContentDecryptor.FlagShow), crypt = tee.OpenSession(Crypt.Uuid), hello = tee.OpenSession(HelloWorld.Uuid);
        using DmaBufHandle first = tee.AllocateRestricted(UseCase.SecureVideoPlay, size), second = tee.AllocateRestricted(UseCase.SecureVideoPlay, size);
        using SharedMemory hidden = tee.RegisterSharedMemory(first), seen = tee.RegisterSharedMemory(second), ciphertext = tee.AllocateSharedMemory(size);
        Operation decrypt = Piece(ciphertext, hidden, size), show = Piece(ciphertext, seen, size);
        var digest = new Operation(Parameter.Partial(ciphertext, Direction.Input, 0, size), Parameter.TempOutput(new byte[SHA256.HashSizeInBytes]));

        double[] alone = new double[Rounds];
        double[] cipher = new double[Rounds], reader = new double[Rounds], hash = new double[Rounds], ctr = new double[Rounds], sha = new double[Rounds];
        for (int round = 0; round < Rounds; round++)
        {
            // In turn, so that a busy neighbour on the machine slows all alike.
            TimeSpan warmUp = TimeSpan.FromMilliseconds(round == 0 ? 700 : 50);
            double hiddenSeconds = SecondsOf(() => plain.TryInvoke(ContentDecryptor.CommandDecrypt, decrypt, out _), size, warmUp);
            double shownSeconds = SecondsOf(() => shown.TryInvoke(ContentDecryptor.CommandDecrypt, show, out _), size, warmUp);
            double hashSeconds = SecondsOf(() => crypt.TryInvoke(Crypt.CommandSha256, digest, out _), size, warmUp);
            double emptySeconds = SecondsOf(() => hello.TryInvoke(HelloWorld.CommandNothing, null, out _), size, warmUp);
            alone[round] = MiBOf(size, hiddenSeconds - emptySeconds);
            (cipher[round], reader[round], hash[round]) = (MiBOf(size, hiddenSeconds), MiBOf(size, shownSeconds - hiddenSeconds), MiBOf(size, hashSeconds));
            ctr[round] = OpensslYardstick.Measure("aes-128-ctr", size) ?? double.NaN;
            sha[round] = OpensslYardstick.Measure("sha256", size) ?? double.NaN;
        }

        double ctrOfOpenssl = MedianOf(ctr), shaOfOpenssl = MedianOf(sha);
        Yardstick($"openssl AES-128-CTR, {Name(size)}", ctrOfOpenssl);
        Add($"AES-128-CTR into a restricted buffer, {Name(size)}", MedianOf(cipher), ctrOfOpenssl, CipherTarget);
        Add($"AES-128-CTR as before, less an empty call, {Name(size)}", MedianOf(alone), ctrOfOpenssl, atLeast: null);
        Yardstick($"openssl SHA-256, {Name(size)}", shaOfOpenssl);
        Add($"SHA-256 by the content reader, {Name(size)}", MedianOf(reader), shaOfOpenssl, DigestTarget);
        Add($"SHA-256 of shared memory by the crypt TA, {Name(size)}", MedianOf(hash), shaOfOpenssl, atLeast: null);
    }

    private TeeSession Decryptor(uint flags)
    {
        TeeSession session = tee.OpenSession(ContentDecryptor.Uuid);
        byte[] key = RandomNumberGenerator.GetBytes(ContentDecryptor.KeySize);
        session.Invoke(
            ContentDecryptor.CommandInstallKey,
            new Operation(Parameter.ValueInput(ContentDecryptor.ModeCtr, flags), Parameter.TempInput(key), Parameter.TempInput(key), Parameter.ValueInput(int.MaxValue)));
        return session;
    }

    private static Operation Piece(SharedMemory ciphertext, SharedMemory restricted, int size) =>
        new(Parameter.Partial(ciphertext, Direction.Input, 0, size), Parameter.Partial(restricted, Direction.Output, 0, size));

    private static double SecondsOf(Func<TeecResult> call, int size, TimeSpan warmUp)
    {
        const int BytesPerRound = 128 << 20;
        void Checked()
        {
            TeecResult result = call();
            if (result != TeecResult.Success)
                throw new InvalidOperationException($"A benchmark call failed with {result}.");
        }

        return Measurement.Measure.LatencyOf(Checked, BytesPerRound / size, warmUp).P50 / 1e6;
    }

    private static double MiBOf(int size, double seconds) => size / seconds / (1 << 20);

    private static double MedianOf(double[] values)
    {
        Array.Sort(values);
        return values[values.Length / 2];
    }

    private void Yardstick(string name, double value)
    {
        if (double.IsFinite(value))
            rows.Add(new BenchRow(name, value, "MiB/s", Against: "the yardstick"));
    }

    private void Add(string name, double value, double yardstick, double? atLeast)
    {
        if (!double.IsFinite(yardstick))
            rows.Add(new BenchRow(name, value, "MiB/s", Against: "no openssl to compare with"));
        else if (atLeast is { } bound)
            rows.Add(new BenchRow(name, value, "MiB/s", value / yardstick, "openssl", $"≥ {bound}", value / yardstick >= bound));
        else
            rows.Add(new BenchRow(name, value, "MiB/s", value / yardstick, "openssl"));
    }

    private static string Name(int size) => size >= 1 << 20 ? $"{size >> 20} MiB" : $"{size >> 10} KiB";
}
