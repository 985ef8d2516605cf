using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Crypto;
using RestrictedTee.SecureWorld.Crypto.Algorithms;

namespace RestrictedTee.Tests.Crypto;

/// <summary>What holds of each provider of each algorithm in the table: who registers is tested.</summary>
public sealed class ProviderContractTests
{
    public static TheoryData<TeeAlgorithm, string> Ciphers => Columns(AlgorithmTable.Rows.OfType<CipherAlgorithm>());

    public static TheoryData<TeeAlgorithm, string> Macs => Columns(AlgorithmTable.Rows.OfType<MacAlgorithm>());

    public static TheoryData<TeeAlgorithm, string> AuthenticatedEncryption => Columns(AlgorithmTable.Rows.OfType<AeAlgorithm>());

    public static TheoryData<TeeAlgorithm, string> Digests => Columns(AlgorithmTable.Rows.OfType<DigestAlgorithm>());

    [Theory]
    [MemberData(nameof(Ciphers))]
    public void A_cipher_is_that_of_its_standard(TeeAlgorithm id, string provider)
    {
        if (id == TeeAlgorithm.Sm4Xts)
            return; // upstream counts as no standard has vectors for; the two providers and AES's vectors are its test

        foreach (string[] vector in Vectors.Ciphers[id])
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
        byte[] key = new byte[KeySizeOf(row)], iv = new byte[row.IvSize], text = new byte[row.BlockSize * 1003];
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
            if (rest.Length - size <= row.BlockSize)
            {
                engine.Finish(rest, rest);
                break;
            }

            engine.Update(rest[..size], rest[..size]);
            rest = rest[size..];
        }

        Assert.Equal(expected, text);
    }

    [Theory]
    [MemberData(nameof(Ciphers))]
    public void A_cipher_that_steals_ends_the_same_with_every_provider(TeeAlgorithm id, string provider)
    {
        var row = (CipherAlgorithm)AlgorithmTable.Find(id)!;
        var random = new Random(21);
        byte[] key = new byte[KeySizeOf(row)], iv = new byte[row.IvSize];
        random.NextBytes(key);
        random.NextBytes(iv);
        using CipherEngine encrypt = NewCipher(id, provider, OperationMode.Encrypt), decrypt = NewCipher(id, row.ProviderNames[^1], OperationMode.Decrypt);
        int step = row.MinStolenSize == 0 ? row.BlockSize : 1;
        for (int size = Math.Max(step, row.MinStolenSize); size <= 6 * row.BlockSize; size += step)
        {
            byte[] text = new byte[size];
            random.NextBytes(text);

            byte[] cipher = Transform(encrypt, key, iv, text);

            Assert.Equal(text, Transform(decrypt, key, iv, cipher));
        }
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
        using HashEngine engine = NewHash(id, provider, out int size);
        size = Vectors.Digests[id].Length / 2;
        byte[] whole = new byte[size], cut = new byte[size];

        engine.Begin([]);
        engine.Update("abc"u8);
        engine.Finish(whole);
        engine.Begin([]);
        engine.Update("to be forgotten"u8);
        engine.Begin([]);
        engine.Update("a"u8);
        engine.Update([]);
        engine.Update("bc"u8);
        engine.Finish(cut);

        Assert.Equal(Vectors.Digests[id], Convert.ToHexStringLower(whole));
        Assert.Equal(whole, cut);
    }

    [Theory]
    [MemberData(nameof(Digests))]
    public void A_copy_of_a_digest_goes_its_own_way(TeeAlgorithm id, string provider)
    {
        using HashEngine first = NewHash(id, provider, out int size), copy = NewHash(id, provider, out _);
        size = Vectors.Digests[id].Length / 2;
        byte[] digest = new byte[size];
        first.Begin([]);
        copy.Begin([]);
        first.Update("a"u8);

        copy.CopyFrom(first);
        first.Update("x"u8);
        copy.Update("bc"u8);
        copy.Finish(digest);

        Assert.Equal(Vectors.Digests[id], Convert.ToHexStringLower(digest));
    }

    [Theory]
    [MemberData(nameof(Macs))]
    public void A_mac_is_that_of_its_standard_however_it_is_cut(TeeAlgorithm id, string provider)
    {
        using HashEngine engine = NewHash(id, provider, out int size);
        foreach (string[] vector in Vectors.Macs[id])
        {
            byte[] key = Convert.FromHexString(vector[0]), message = Convert.FromHexString(vector[1]), whole = new byte[size], cut = new byte[size];

            engine.Begin(key);
            engine.Update(message);
            engine.Finish(whole);
            engine.Begin(key);
            foreach (byte b in message)
                engine.Update([b]);
            engine.Finish(cut);

            Assert.Equal(vector[2], Convert.ToHexStringLower(whole));
            Assert.Equal(whole, cut);
        }
    }

    [Theory]
    [MemberData(nameof(AuthenticatedEncryption))]
    public void Authenticated_encryption_is_that_of_its_standard_however_it_is_cut(TeeAlgorithm id, string provider)
    {
        Provider<AeEngine> column = ((AeAlgorithm)AlgorithmTable.Find(id)!).Providers.Single(p => p.Name == provider);
        using AeEngine encrypt = column.Create(OperationMode.Encrypt), decrypt = column.Create(OperationMode.Decrypt);
        foreach (string[] vector in Vectors.AuthenticatedEncryption[id])
        {
            byte[][] parts = [.. vector.Take(6).Select(Convert.FromHexString)];
            byte[] cipher = new byte[parts[4].Length], plain = new byte[parts[3].Length], tag = new byte[parts[5].Length];

            var sizes = new AeSizes(tag.Length, parts[2].Length, plain.Length);
            encrypt.Begin(parts[0], parts[1], sizes);
            encrypt.UpdateAad(parts[2].AsSpan(0, parts[2].Length / 3));
            encrypt.UpdateAad(parts[2].AsSpan(parts[2].Length / 3));
            encrypt.Update(parts[3].AsSpan(0, 3), cipher);
            encrypt.Update(parts[3].AsSpan(3), cipher.AsSpan(3));
            encrypt.Finish(tag);
            decrypt.Begin(parts[0], parts[1], sizes);
            decrypt.UpdateAad(parts[2]);
            decrypt.Update(cipher, plain);

            Assert.Equal((vector[4], vector[5]), (Convert.ToHexStringLower(cipher), Convert.ToHexStringLower(tag)));
            Assert.Equal(parts[3], plain);
            Assert.True(decrypt.Verify(tag));
            tag[^1] ^= 1;
            decrypt.Begin(parts[0], parts[1], sizes);
            decrypt.UpdateAad(parts[2]);
            decrypt.Update(cipher, plain);
            Assert.False(decrypt.Verify(tag));
        }
    }

    [Fact]
    public void Each_algorithm_has_one_row_and_a_provider_on_this_machine()
    {
        Assert.Equal(Enum.GetValues<TeeAlgorithm>().Order(), AlgorithmTable.Rows.Select(row => row.Id).Order());
        Assert.All(AlgorithmTable.Rows, row => Assert.True(row.HasProvider, $"{row.Id} has no provider on this machine."));
    }

    private static int KeySizeOf(CipherAlgorithm row) => Vectors.Ciphers.TryGetValue(row.Id, out string[][]? vectors) ? vectors[0][0].Length / 2 : 32;

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

    private static HashEngine NewHash(TeeAlgorithm id, string provider, out int size)
    {
        var row = (HashAlgorithm)AlgorithmTable.Find(id)!;
        size = row.Size;
        return row.Providers.Single(p => p.Name == provider).Create(row.Mode);
    }

    private static byte[] Transform(CipherEngine engine, byte[] key, byte[] iv, byte[] text)
    {
        byte[] result = new byte[text.Length];
        engine.Begin(key, iv);
        engine.Finish(text, result);
        return result;
    }
}
