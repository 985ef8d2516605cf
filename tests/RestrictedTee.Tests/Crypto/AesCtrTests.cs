using System.Security.Cryptography;
using Org.BouncyCastle.Crypto.Engines;
using Org.BouncyCastle.Crypto.Modes;
using Org.BouncyCastle.Crypto.Parameters;
using RestrictedTee.TrustedApps.SecureVideo;

namespace RestrictedTee.Tests.Crypto;

public sealed class AesCtrTests
{
    [Fact]
    public void Ctr_is_that_of_sp_800_38a()
    {
        // NIST SP 800-38A, appendix F.5.1.
        byte[] key = Convert.FromHexString("2b7e151628aed2a6abf7158809cf4f3c");
        byte[] counter = Convert.FromHexString("f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff");
        byte[] plain = Convert.FromHexString("6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51");
        byte[] cipher = Convert.FromHexString("874d6191b620e3261bef6864990db6ce9806f66b7970fdff8617187bb9fffdff");

        Assert.Equal(plain, Decrypt(key, counter, 0, cipher));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(0, 16)]
    [InlineData(0, 65_537)]
    [InlineData(5, 3)]
    [InlineData(15, 40_000)]
    [InlineData(16, 31)]
    [InlineData(1_000_003, 16 * 1024 + 7)]
    public void Ctr_is_that_of_bouncy_castle_from_any_position(int position, int length)
    {
        var random = new Random(position ^ length);
        byte[] key = new byte[16], counter = new byte[16], cipher = new byte[position + length];
        random.NextBytes(key);
        random.NextBytes(counter);
        random.NextBytes(cipher);
        var reference = new SicBlockCipher(new AesEngine());
        reference.Init(forEncryption: false, new ParametersWithIV(new KeyParameter(key), counter));
        byte[] padded = new byte[(cipher.Length + 15) / 16 * 16];
        cipher.CopyTo(padded, 0);
        byte[] expected = new byte[padded.Length];
        for (int i = 0; i < padded.Length; i += 16)
            reference.ProcessBlock(padded, i, expected, i);

        byte[] actual = Decrypt(key, counter, (ulong)position, cipher[position..]);

        Assert.Equal(expected[position..(position + length)], actual);
    }

    [Fact]
    public void The_counter_carries_through_all_128_bits()
    {
        byte[] counter = [.. Enumerable.Repeat((byte)0xFF, 16)];
        byte[] first = Decrypt(new byte[16], counter, 16, new byte[16]);
        byte[] zero = Decrypt(new byte[16], new byte[16], 0, new byte[16]);

        Assert.Equal(zero, first);
    }

    [Fact]
    public void A_carry_into_the_upper_half_in_the_middle_of_a_batch_is_that_of_bouncy_castle()
    {
        byte[] counter = Convert.FromHexString("000000000000000afffffffffffffffd");
        byte[] text = new byte[16 * 9];
        var reference = new SicBlockCipher(new AesEngine());
        reference.Init(forEncryption: true, new ParametersWithIV(new KeyParameter(new byte[16]), counter));
        byte[] expected = new byte[text.Length];
        for (int i = 0; i < text.Length; i += 16)
            reference.ProcessBlock(text, i, expected, i);

        Assert.Equal(expected, Decrypt(new byte[16], counter, 0, text));
    }

    private static byte[] Decrypt(byte[] key, byte[] counter, ulong position, byte[] cipher)
    {
        using var aes = Aes.Create();
        aes.SetKey(key);
        byte[] plain = new byte[cipher.Length];
        AesCtr.Transform(aes, counter, position, cipher, plain);
        return plain;
    }
}
