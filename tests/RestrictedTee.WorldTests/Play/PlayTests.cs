using System.Globalization;
using System.Security.Cryptography;
using RestrictedTee.CommandLine.Play;
using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Launch;
using RestrictedTee.WorldTests.Harness;

namespace RestrictedTee.WorldTests.Play;

public sealed class PlayTests
{
    private const string Key = "000102030405060708090a0b0c0d0e0f";
    private const string Iv = "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff";

    [Theory]
    [InlineData(0, "ctr")]
    [InlineData(1, "ctr")]
    [InlineData(3_000_001, "ctr")]
    [InlineData(9_000_000, "ctr")]
    [InlineData(0, "cbc")]
    [InlineData(15, "cbc")]
    [InlineData(1 << 20, "cbc")]
    [InlineData((1 << 20) - 1, "cbc")]
    [InlineData(9_000_000, "cbc")]
    public void The_digest_is_that_of_the_original(int size, string mode)
    {
        using var folder = new Rtee.Folder();
        string file = Path.Combine(folder.Path, "content.enc");
        byte[] plain = new byte[size];
        new Random(size).NextBytes(plain);
        File.WriteAllBytes(file, Encrypt(plain, mode));

        Rtee.Result result = Rtee.Run("play", file, "--key", Key, "--iv", Iv, "--mode", mode);

        Assert.Contains($"sha256 {Convert.ToHexStringLower(SHA256.HashData(plain))}", result.Output, StringComparison.Ordinal);
        if (size == 0)
        {
            Assert.Contains("nothing to get at", result.Output, StringComparison.Ordinal);
            return;
        }

        Assert.Contains("ask a TA that dumps restricted memory", result.Output, StringComparison.Ordinal);
        Assert.Contains("refused  (1 different answer(s))", result.Output, StringComparison.Ordinal);
        Assert.Equal(result.Output.Contains("GOT IN", StringComparison.Ordinal) ? 1 : 0, result.ExitCode);
        if (result.Output.Contains("kept by secretmem", StringComparison.Ordinal))
            Assert.DoesNotContain("GOT IN", result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--key", "00")]
    [InlineData("--iv", "zz0102030405060708090a0b0c0d0e0f")]
    [InlineData("--heap", "system")]
    [InlineData("--mode", "gcm")]
    public void A_bad_option_is_said(string option, string value)
    {
        using var folder = new Rtee.Folder();
        string file = Path.Combine(folder.Path, "content.enc");
        File.WriteAllBytes(file, new byte[64]);
        var options = new Dictionary<string, string> { ["--key"] = Key, ["--iv"] = Iv, [option] = value };

        Rtee.Result result = Rtee.Run(["play", file, .. options.SelectMany(pair => new[] { pair.Key, pair.Value })]);

        Assert.NotEqual(0, result.ExitCode);
        Assert.DoesNotContain("   at ", result.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(17, "whole blocks")]
    [InlineData(0, "whole blocks")]
    [InlineData(32, "padding of the last block is wrong")]
    public void Cbc_content_that_cannot_be_is_said(int size, string expected)
    {
        using var folder = new Rtee.Folder();
        string file = Path.Combine(folder.Path, "content.enc");
        File.WriteAllBytes(file, new byte[size]);

        Rtee.Result result = Rtee.Run("play", file, "--key", Key, "--iv", Iv, "--mode", "cbc");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains(expected, result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Invariant_1_no_plaintext_is_left_in_the_normal_worlds_memory()
    {
        // The plaintext is 64 KiB of a pattern that this process knows only masked, so that finding it means it came out.
        using TeeContext tee = TeeContext.Launch();
        byte[] masked = new byte[64 * 1024];
        new Random(5).NextBytes(masked);
        const byte Mask = 0x5A;
        byte[] cipher = EncryptMasked(masked, Mask);
        using var player = new SecurePlayer(tee, "protected,secure-video");

        SecurePlayer.Result result = player.Play(new MemoryStream(cipher), Convert.FromHexString(Key), Convert.FromHexString(Iv), ContentDecryptor.ModeCtr);

        Assert.Equal(masked.Length, result.Bytes);
        Assert.False(FindMasked(masked.AsSpan(1000, 32), Mask), "the plaintext was found in this process's memory");
        Assert.True(FindMasked(Planted(masked.AsSpan(2000, 32), Mask), 0), "the scan does not find what is there");
    }

    /// <summary>Keystream is added to masked bytes and the mask taken off in one go, so that plaintext never exists here.</summary>
    private static byte[] EncryptMasked(byte[] masked, byte mask)
    {
        byte[] keystream = Encrypt(new byte[masked.Length], "ctr");
        byte[] cipher = new byte[masked.Length];
        for (int i = 0; i < masked.Length; i++)
            cipher[i] = (byte)(masked[i] ^ keystream[i] ^ mask);
        return cipher;
    }

    private static readonly List<byte[]> Kept = [];

    private static byte[] Planted(ReadOnlySpan<byte> masked, byte mask)
    {
        byte[] planted = new byte[masked.Length];
        for (int i = 0; i < masked.Length; i++)
            planted[i] = (byte)(masked[i] ^ mask);
        Kept.Add(planted);
        return planted;
    }

    /// <summary>Searches all readable memory of this process for bytes of which only their masked form is known.</summary>
    private static bool FindMasked(ReadOnlySpan<byte> masked, byte mask)
    {
        using FileStream memory = File.OpenRead("/proc/self/mem");
        byte[] window = new byte[1 << 20];
        foreach (string line in File.ReadAllLines("/proc/self/maps"))
        {
            string[] parts = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (!parts[1].StartsWith('r') || line.EndsWith("[vvar]", StringComparison.Ordinal) || line.EndsWith("[vsyscall]", StringComparison.Ordinal))
                continue;
            long start = long.Parse(parts[0].Split('-')[0], NumberStyles.AllowHexSpecifier);
            long end = long.Parse(parts[0].Split('-')[1], NumberStyles.AllowHexSpecifier);
            for (long at = start; at < end; at += window.Length - masked.Length)
            {
                int count;
                try
                {
                    memory.Position = at;
                    count = memory.Read(window, 0, (int)Math.Min(window.Length, end - at));
                }
                catch (IOException)
                {
                    break; // reserved, not readable
                }

                if (Contains(window.AsSpan(0, count), masked, mask))
                    return true;
                if (count < window.Length)
                    break;
            }
        }

        return false;
    }

    private static bool Contains(ReadOnlySpan<byte> window, ReadOnlySpan<byte> masked, byte mask)
    {
        byte first = (byte)(masked[0] ^ mask);
        for (int at = 0; at <= window.Length - masked.Length;)
        {
            int next = window[at..(window.Length - masked.Length + 1)].IndexOf(first);
            if (next < 0)
                return false;
            at += next;
            int i = 1;
            while (i < masked.Length && window[at + i] == (masked[i] ^ mask))
                i++;
            if (i == masked.Length)
                return true;
            at++;
        }

        return false;
    }

    private static byte[] Encrypt(byte[] plain, string mode)
    {
        using var aes = Aes.Create();
        aes.Key = Convert.FromHexString(Key);
        if (mode == "cbc")
            return aes.EncryptCbc(plain, Convert.FromHexString(Iv));

        // Counter mode written out block by block: slow, and independent of the code under test.
        byte[] cipher = new byte[plain.Length];
        var counter = new System.Numerics.BigInteger(Convert.FromHexString(Iv), isUnsigned: true, isBigEndian: true);
        byte[] counters = new byte[(plain.Length + 15) / 16 * 16];
        for (int block = 0; block < counters.Length; block += 16)
        {
            byte[] bytes = counter.ToByteArray(isUnsigned: true, isBigEndian: true);
            bytes.AsSpan(Math.Max(bytes.Length - 16, 0)).CopyTo(counters.AsSpan(block + 16 - Math.Min(bytes.Length, 16)));
            counter++;
        }

        byte[] keystream = aes.EncryptEcb(counters, PaddingMode.None);
        for (int i = 0; i < plain.Length; i++)
            cipher[i] = (byte)(plain[i] ^ keystream[i]);
        return cipher;
    }
}
