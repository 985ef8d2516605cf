using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Crypto;
using RestrictedTee.SecureWorld.Crypto.Algorithms;

namespace RestrictedTee.Tests.Crypto;

/// <summary>What holds of each provider of each algorithm in the table: who registers is tested.</summary>
public sealed class ProviderContractTests
{
    /// <summary>Key, IV, plaintext, ciphertext: NIST SP 800-38A, appendix F.</summary>
    private static readonly Dictionary<TeeAlgorithm, string[][]> CipherVectors = new()
    {
        [TeeAlgorithm.AesEcbNoPad] =
        [
            ["2b7e151628aed2a6abf7158809cf4f3c", "", "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51", "3ad77bb40d7a3660a89ecaf32466ef97f5d3d58503b9699de785895a96fdbaaf"],
            ["8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b", "", "6bc1bee22e409f96e93d7e117393172a", "bd334f1d6e45f25ff712a214571fa5cc"],
            ["603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4", "", "6bc1bee22e409f96e93d7e117393172a", "f3eed1bdb5d2a03c064b5a7e3db181f8"],
        ],
        [TeeAlgorithm.AesCbcNoPad] =
        [
            ["2b7e151628aed2a6abf7158809cf4f3c", "000102030405060708090a0b0c0d0e0f", "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51", "7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b2"],
            ["603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4", "000102030405060708090a0b0c0d0e0f", "6bc1bee22e409f96e93d7e117393172a", "f58c4c04d6e5f1ba779eabfb5f7bfbd6"],
        ],
        [TeeAlgorithm.AesCtr] =
        [
            ["2b7e151628aed2a6abf7158809cf4f3c", "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff", "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51", "874d6191b620e3261bef6864990db6ce9806f66b7970fdff8617187bb9fffdff"],
            ["603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4", "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff", "6bc1bee22e409f96e93d7e117393172a", "601ec313775789a5b7a7f504bbf3d228"],
        ],
    };

    /// <summary>Digests of "abc": FIPS 180-4's examples.</summary>
    private static readonly Dictionary<TeeAlgorithm, string> DigestVectors = new()
    {
        [TeeAlgorithm.Sha1] = "a9993e364706816aba3e25717850c26c9cd0d89d",
        [TeeAlgorithm.Sha224] = "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7",
        [TeeAlgorithm.Sha256] = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        [TeeAlgorithm.Sha384] = "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7",
        [TeeAlgorithm.Sha512] = "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
    };

    public static TheoryData<TeeAlgorithm, string> Ciphers => Columns(AlgorithmTable.Rows.OfType<CipherAlgorithm>());

    public static TheoryData<TeeAlgorithm, string> Digests => Columns(AlgorithmTable.Rows.OfType<DigestAlgorithm>());

    [Theory]
    [MemberData(nameof(Ciphers))]
    public void A_cipher_is_that_of_its_standard(TeeAlgorithm id, string provider)
    {
        foreach (string[] vector in CipherVectors[id])
        {
            byte[] key = Convert.FromHexString(vector[0]), iv = Convert.FromHexString(vector[1]), plain = Convert.FromHexString(vector[2]), cipher = Convert.FromHexString(vector[3]);
            using CipherEngine encrypt = NewCipher(id, provider, OperationMode.Encrypt), decrypt = NewCipher(id, provider, OperationMode.Decrypt);

            Assert.Equal(cipher, Transform(encrypt, key, iv, plain));
            Assert.Equal(plain, Transform(decrypt, key, iv, cipher));
            Assert.Equal(cipher, Transform(encrypt, key, iv, plain)); // an engine begins as often as it is asked to
        }
    }

    [Theory]
    [MemberData(nameof(Ciphers))]
    public void A_cipher_is_the_same_with_every_provider_in_place_and_in_pieces(TeeAlgorithm id, string provider)
    {
        var row = (CipherAlgorithm)AlgorithmTable.Find(id)!;
        var random = new Random(20);
        byte[] key = new byte[24], iv = new byte[row.IvSize], text = new byte[row.BlockSize * 1003];
        random.NextBytes(key);
        random.NextBytes(iv);
        random.NextBytes(text);
        using CipherEngine reference = NewCipher(id, row.ProviderNames[^1], OperationMode.Decrypt), engine = NewCipher(id, provider, OperationMode.Decrypt);
        byte[] expected = Transform(reference, key, iv, text);

        engine.Begin(key, iv);
        Span<byte> rest = text;
        for (int pieces = 1; !rest.IsEmpty; pieces++)
        {
            int size = Math.Min(rest.Length, pieces * row.BlockSize);
            engine.Update(rest[..size], rest[..size]);
            rest = rest[size..];
        }

        Assert.Equal(expected, text);
    }

    [Fact]
    public void A_counter_carries_through_all_of_its_bits_with_every_provider()
    {
        byte[] highest = [.. Enumerable.Repeat((byte)0xFF, 16)];
        foreach (string provider in AlgorithmTable.Find(TeeAlgorithm.AesCtr)!.ProviderNames)
        {
            using CipherEngine engine = NewCipher(TeeAlgorithm.AesCtr, provider, OperationMode.Encrypt);

            byte[] carried = Transform(engine, new byte[16], highest, new byte[32]);

            Assert.Equal(Transform(engine, new byte[16], new byte[16], new byte[16]), carried[16..]);
        }
    }

    [Theory]
    [MemberData(nameof(Digests))]
    public void A_digest_is_that_of_its_standard_however_it_is_cut(TeeAlgorithm id, string provider)
    {
        using DigestEngine engine = NewDigest(id, provider, out int size);
        byte[] whole = new byte[size], cut = new byte[size];

        engine.Begin();
        engine.Update("abc"u8);
        engine.Finish(whole);
        engine.Begin();
        engine.Update("to be forgotten"u8);
        engine.Begin();
        engine.Update("a"u8);
        engine.Update([]);
        engine.Update("bc"u8);
        engine.Finish(cut);

        Assert.Equal(DigestVectors[id], Convert.ToHexStringLower(whole));
        Assert.Equal(whole, cut);
    }

    [Theory]
    [MemberData(nameof(Digests))]
    public void A_copy_of_a_digest_goes_its_own_way(TeeAlgorithm id, string provider)
    {
        using DigestEngine first = NewDigest(id, provider, out int size), copy = NewDigest(id, provider, out _);
        byte[] digest = new byte[size];
        first.Begin();
        copy.Begin();
        first.Update("a"u8);

        copy.CopyFrom(first);
        first.Update("x"u8);
        copy.Update("bc"u8);
        copy.Finish(digest);

        Assert.Equal(DigestVectors[id], Convert.ToHexStringLower(digest));
    }

    [Fact]
    public void Each_algorithm_has_one_row_and_a_provider_on_this_machine()
    {
        Assert.Equal(Enum.GetValues<TeeAlgorithm>().Order(), AlgorithmTable.Rows.Select(row => row.Id).Order());
        Assert.All(AlgorithmTable.Rows.OfType<CipherAlgorithm>(), row => Assert.Contains(row.Providers, provider => provider.IsAvailable()));
        Assert.All(AlgorithmTable.Rows.OfType<DigestAlgorithm>(), row => Assert.Contains(row.Providers, provider => provider.IsAvailable()));
    }

    private static TheoryData<TeeAlgorithm, string> Columns(IEnumerable<Algorithm> rows)
    {
        var data = new TheoryData<TeeAlgorithm, string>();
        foreach (Algorithm row in rows)
        {
            foreach (string provider in row.ProviderNames)
                data.Add(row.Id, provider);
        }

        return data;
    }

    private static CipherEngine NewCipher(TeeAlgorithm id, string provider, OperationMode mode) =>
        ((CipherAlgorithm)AlgorithmTable.Find(id)!).Providers.Single(p => p.Name == provider).Create(mode);

    private static DigestEngine NewDigest(TeeAlgorithm id, string provider, out int size)
    {
        var row = (DigestAlgorithm)AlgorithmTable.Find(id)!;
        size = row.Size;
        return row.Providers.Single(p => p.Name == provider).Create(OperationMode.Digest);
    }

    private static byte[] Transform(CipherEngine engine, byte[] key, byte[] iv, byte[] text)
    {
        byte[] result = new byte[text.Length];
        engine.Begin(key, iv);
        engine.Update(text, result);
        return result;
    }
}
