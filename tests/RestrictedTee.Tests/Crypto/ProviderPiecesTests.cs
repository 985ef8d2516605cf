using FsCheck;
using FsCheck.Fluent;
using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Crypto;
using RestrictedTee.SecureWorld.Crypto.Algorithms;
using RestrictedTee.SecureWorld.Kernel.Objects;
using RestrictedTee.SecureWorld.ProtectedMemory;
using RestrictedTee.SecureWorld.SecretMemory;

namespace RestrictedTee.Tests.Crypto;

/// <summary>Every algorithm that takes pieces, by each provider in pieces of any size, is that of the last provider in one go.</summary>
public sealed class ProviderPiecesTests : IDisposable
{
    private readonly SecretMapping _mapping = SecretMapping.Create(64 * 1024, SecretMemoryChoice.Off);
    private readonly SecureRam _ram;

    public ProviderPiecesTests() => _ram = new SecureRam(_mapping);

    public static TheoryData<TeeAlgorithm, string> Ciphers => Columns<CipherAlgorithm>();

    public static TheoryData<TeeAlgorithm, string> Hashes => Columns<HashAlgorithm>();

    public static TheoryData<TeeAlgorithm, string> AuthenticatedEncryption => Columns<AeAlgorithm>();

    public void Dispose() => _mapping.Dispose();

    [Theory]
    [MemberData(nameof(Ciphers))]
    public void A_cipher(TeeAlgorithm id, string provider)
    {
        var row = (CipherAlgorithm)AlgorithmTable.Find(id)!;
        foreach (OperationMode mode in new[] { OperationMode.Encrypt, OperationMode.Decrypt })
        {
            using CipherState pieces = New(row, Of(row.Providers, provider), mode), whole = New(row, row.Providers[^1], mode);
            ForAny((text, cuts) =>
            {
                Array.Resize(ref text, row.MinStolenSize == 0 ? text.Length - (text.Length % row.BlockSize) : Math.Max(row.MinStolenSize, text.Length));
                byte[] expected = new byte[text.Length], made = new byte[text.Length], iv = [.. Enumerable.Repeat((byte)(text.Length % 251), row.IvSize)];
                Assert.Equal(TeeResult.Success, whole.Init(iv));
                Assert.Equal(TeeResult.Success, whole.Update(text, expected, isLast: true, out _));
                Assert.Equal(TeeResult.Success, pieces.Init(iv));
                int at = 0, read = 0;
                foreach (int cut in cuts.Where(cut => read + cut < text.Length))
                {
                    Assert.Equal(TeeResult.Success, pieces.Update(text.AsSpan(read, cut), made.AsSpan(at), isLast: false, out int written));
                    (read, at) = (read + cut, at + written);
                }

                Assert.Equal(TeeResult.Success, pieces.Update(text.AsSpan(read), made.AsSpan(at), isLast: true, out _));
                return made.AsSpan().SequenceEqual(expected);
            });
        }
    }

    [Theory]
    [MemberData(nameof(Hashes))]
    public void A_digest_or_a_mac(TeeAlgorithm id, string provider)
    {
        var row = (HashAlgorithm)AlgorithmTable.Find(id)!;
        int size = row.Size == 0 ? 300 : row.Size;
        using HashState pieces = New(row, Of(row.Providers, provider)), whole = New(row, row.Providers[^1]);
        ForAny((text, cuts) =>
        {
            if (row.WholeBlocksOf != 0)
                Array.Resize(ref text, Math.Max(row.WholeBlocksOf, text.Length - (text.Length % row.WholeBlocksOf)));
            byte[] expected = new byte[size], made = new byte[size];
            Assert.Equal(TeeResult.Success, whole.Init());
            Assert.Equal(TeeResult.Success, whole.Final(text, expected, out _));
            Assert.Equal(TeeResult.Success, pieces.Init());
            int read = 0;
            foreach (int cut in cuts.Where(cut => read + cut < text.Length))
            {
                Assert.Equal(TeeResult.Success, pieces.Update(text.AsSpan(read, cut)));
                read += cut;
            }

            Assert.Equal(TeeResult.Success, pieces.Final(text.AsSpan(read), made, out _));
            return made.AsSpan().SequenceEqual(expected);
        });
    }

    [Theory]
    [MemberData(nameof(AuthenticatedEncryption))]
    public void Authenticated_encryption_with_nonces_and_tags_of_any_size(TeeAlgorithm id, string provider)
    {
        var row = (AeAlgorithm)AlgorithmTable.Find(id)!;
        using AeState pieces = New(row, Of(row.Providers, provider)), whole = New(row, row.Providers[^1]);
        ForAny((text, cuts) =>
        {
            int longest = Math.Min(row.MaxNonceSize, 300), tagSize = row.TagSizes[text.Length % row.TagSizes.Count];
            byte[] nonce = [.. Enumerable.Repeat((byte)(text.Length % 251), row.MinNonceSize + (text.Length % (longest - row.MinNonceSize + 1)))], aad = [.. cuts.Select(cut => (byte)cut)];
            byte[] expected = new byte[text.Length], made = new byte[text.Length], tag = new byte[tagSize], madeTag = new byte[tagSize];
            var sizes = new AeSizes(tagSize, aad.Length, text.Length);
            Assert.Equal(TeeResult.Success, whole.Init(nonce, sizes));
            Assert.Equal(TeeResult.Success, whole.UpdateAad(aad));
            Assert.Equal(TeeResult.Success, whole.EncryptFinal(text, expected, out _, tag, out _));
            Assert.Equal(TeeResult.Success, pieces.Init(nonce, sizes));
            foreach (byte b in aad)
                Assert.Equal(TeeResult.Success, pieces.UpdateAad([b]));
            int at = 0, read = 0;
            foreach (int cut in cuts.Where(cut => read + cut < text.Length))
            {
                Assert.Equal(TeeResult.Success, pieces.Update(text.AsSpan(read, cut), made.AsSpan(at), out int written));
                (read, at) = (read + cut, at + written);
            }

            Assert.Equal(TeeResult.Success, pieces.EncryptFinal(text.AsSpan(read), made.AsSpan(at), out _, madeTag, out _));
            return made.AsSpan().SequenceEqual(expected) && madeTag.AsSpan().SequenceEqual(tag);
        });
    }

    [Fact]
    public void A_nonce_that_the_mode_has_not_is_refused()
    {
        foreach (AeAlgorithm row in AlgorithmTable.Rows.OfType<AeAlgorithm>())
        {
            using AeState state = New(row, row.Providers[0]);
            var sizes = new AeSizes(16, 0, 0);

            Assert.Equal(TeeResult.BadParameters, state.Init(new byte[row.MinNonceSize - 1], sizes));
            Assert.Equal(TeeResult.BadParameters, state.Init([], sizes));
            Assert.Equal(row.MaxNonceSize == int.MaxValue ? TeeResult.Success : TeeResult.BadParameters, state.Init(new byte[Math.Min(row.MaxNonceSize, 100_000) + 1], sizes));
        }
    }

    [Theory]
    [InlineData(TeeAlgorithm.AesCbcNoPad)]
    [InlineData(TeeAlgorithm.AesCtr)]
    [InlineData(TeeAlgorithm.AesCts)]
    [InlineData(TeeAlgorithm.AesXts)]
    public void More_than_64_MiB_in_one_go_is_the_same_as_in_pieces(TeeAlgorithm id)
    {
        var row = (CipherAlgorithm)AlgorithmTable.Find(id)!;
        byte[] text = new byte[(64 << 20) + (row.BlockSize * 3)], expected = new byte[text.Length], made = new byte[text.Length];
        new Random(64).NextBytes(text);
        using CipherState whole = New(row, row.Providers[0], OperationMode.Encrypt), pieces = New(row, row.Providers[0], OperationMode.Encrypt);
        whole.Init(new byte[row.IvSize]);
        pieces.Init(new byte[row.IvSize]);

        Assert.Equal(TeeResult.Success, whole.Update(text, expected, isLast: true, out int size));
        int read = 0, at = 0;
        for (int cut = 9_000_001; read + cut < text.Length; read += cut)
        {
            Assert.Equal(TeeResult.Success, pieces.Update(text.AsSpan(read, cut), made.AsSpan(at), isLast: false, out int written));
            at += written;
        }

        Assert.Equal(TeeResult.Success, pieces.Update(text.AsSpan(read), made.AsSpan(at), isLast: true, out _));
        Assert.Equal(text.Length, size);
        Assert.True(made.AsSpan().SequenceEqual(expected));
    }

    private static void ForAny(Func<byte[], int[], bool> holds)
    {
        Gen<(byte[] Text, int[] Cuts)> cases = Gen.Choose(0, 2500).SelectMany(size => Gen.Choose(0, 255).Select(b => (byte)b).ArrayOf(size)).Zip(Gen.Choose(0, 200).ArrayOf(9));
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(15).WithReplay(19, 29), Prop.ForAll(cases.ToArbitrary(), pair => holds(pair.Item1, pair.Item2)));
    }

    private static Provider<TEngine> Of<TEngine>(IReadOnlyList<Provider<TEngine>> providers, string name) => providers.Single(provider => provider.Name == name);

    private static TheoryData<TeeAlgorithm, string> Columns<T>()
        where T : Algorithm
    {
        var data = new TheoryData<TeeAlgorithm, string>();
        foreach (T row in AlgorithmTable.Rows.OfType<T>())
        {
            foreach (string provider in row.ProviderNames)
                data.Add(row.Id, provider);
        }

        return data;
    }

    private CipherState New(CipherAlgorithm row, Provider<CipherEngine> provider, OperationMode mode) =>
        new(row, mode, Key(row.Key, 1), row.HasTwoKeys ? Key(row.Key, 2) : null, provider.Create(mode), _ram.Allocate(2 * row.BlockSize));

    private HashState New(HashAlgorithm row, Provider<HashEngine> provider) =>
        new(row, row.KeyType is { } type ? Key(type, 1) : null, provider.Create(row.Mode), row is DigestAlgorithm { Size: > 0 } ? _ram.Allocate(row.Size) : null);

    private AeState New(AeAlgorithm row, Provider<AeEngine> provider) =>
        new(row, OperationMode.Encrypt, Key(row.Key, 1), provider.Create(OperationMode.Encrypt), _ram.Allocate(row.BlockSize));

    private KeyObject Key(ObjectType type, int seed)
    {
        ObjectTypeRow row = ObjectTypeTable.Find(type)!;
        byte[] value = new byte[row.MaxSize / 8];
        new Random(seed).NextBytes(value);
        var key = new KeyObject(row, row.MaxSize, _ram.Allocate(row.RoomOf(row.MaxSize))!);
        Assert.Equal(TeeResult.Success, key.Populate(TestKey.Encode((AttributeId.SecretValue, value))));
        return key;
    }
}
