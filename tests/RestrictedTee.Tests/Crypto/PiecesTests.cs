using FsCheck;
using FsCheck.Fluent;
using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Crypto;
using RestrictedTee.SecureWorld.Crypto.Algorithms;

namespace RestrictedTee.Tests.Crypto;

/// <summary>Every algorithm that takes pieces, in pieces of any size, against the same in one go.</summary>
public sealed class PiecesTests
{
    private const int Largest = 3000;

    public static TheoryData<TeeAlgorithm> Ciphers => [.. AlgorithmTable.Rows.OfType<CipherAlgorithm>().Select(row => row.Id)];

    public static TheoryData<TeeAlgorithm> Macs => [.. AlgorithmTable.Rows.OfType<MacAlgorithm>().Select(row => row.Id)];

    public static TheoryData<TeeAlgorithm> Digests => [.. AlgorithmTable.Rows.OfType<DigestAlgorithm>().Select(row => row.Id)];

    public static TheoryData<TeeAlgorithm> AuthenticatedEncryption => [.. AlgorithmTable.Rows.OfType<AeAlgorithm>().Select(row => row.Id)];

    [Theory]
    [MemberData(nameof(Ciphers))]
    public void A_cipher_in_pieces_copied_half_way_and_in_place_is_that_in_one_go(TeeAlgorithm id) => SdkThread.Run(() =>
    {
        var row = (CipherAlgorithm)AlgorithmTable.Find(id)!;
        byte[] iv = new byte[row.IvSize];
        using CipherOperation whole = Keyed(row, OperationMode.Encrypt), pieces = Keyed(row, OperationMode.Encrypt), copy = Keyed(row, OperationMode.Encrypt), back = Keyed(row, OperationMode.Decrypt);
        ForAny((text, cuts) =>
        {
            int size = row.MinStolenSize == 0 ? text.Length - (text.Length % row.BlockSize) : Math.Max(row.MinStolenSize, text.Length);
            Array.Resize(ref text, size);
            byte[] expected = new byte[size], opened = new byte[size], made = new byte[size];
            whole.Init(iv);
            Assert.Equal(size, whole.DoFinal(text, expected));

            pieces.Init(iv);
            int at = 0, read = 0;
            foreach (int cut in cuts.Where(cut => read + cut < size))
            {
                byte[] inPlace = new byte[cut + (2 * row.BlockSize)];
                text.AsSpan(read, cut).CopyTo(inPlace);
                int written = pieces.Update(inPlace.AsSpan(0, cut), inPlace);
                inPlace.AsSpan(0, written).CopyTo(made.AsSpan(at));
                (read, at) = (read + cut, at + written);
                copy.CopyFrom(pieces);
            }

            byte[] ofCopy = new byte[size - at];
            if (read > 0)
                Assert.Equal(size - at, copy.DoFinal(text.AsSpan(read), ofCopy));
            at += pieces.DoFinal(text.AsSpan(read), made.AsSpan(at));
            back.Init(iv);
            Assert.Equal(size, back.DoFinal(expected, opened));

            return at == size && made.AsSpan().SequenceEqual(expected) && opened.AsSpan().SequenceEqual(text) && (read == 0 || ofCopy.AsSpan().SequenceEqual(expected.AsSpan(size - ofCopy.Length)));
        });
    });

    [Theory]
    [MemberData(nameof(Macs))]
    public void A_mac_in_pieces_is_that_in_one_go(TeeAlgorithm id) => SdkThread.Run(() =>
    {
        var row = (MacAlgorithm)AlgorithmTable.Find(id)!;
        int bits = ObjectTypeTable.Find(row.Key)!.MaxSize;
        using TransientObject key = TransientObject.Allocate(row.Key, bits);
        key.GenerateKey(bits);
        using MacOperation mac = MacOperation.Allocate(id, bits);
        mac.SetKey(key);
        ForAny((text, cuts) =>
        {
            if (row.WholeBlocksOf != 0)
                Array.Resize(ref text, Math.Max(row.WholeBlocksOf, text.Length - (text.Length % row.WholeBlocksOf)));
            byte[] expected = new byte[row.Size];
            mac.Init();
            mac.ComputeFinal(text, expected);
            mac.Init();
            Span<byte> rest = text;
            foreach (int cut in cuts.Where(cut => cut < 100))
            {
                mac.Update(rest[..Math.Min(cut, rest.Length)]);
                rest = rest[Math.Min(cut, rest.Length)..];
            }

            return mac.CompareFinal(rest, expected);
        });
    });

    [Theory]
    [MemberData(nameof(Digests))]
    public void A_digest_in_pieces_and_told_in_pieces_is_that_in_one_go(TeeAlgorithm id) => SdkThread.Run(() =>
    {
        using DigestOperation digest = DigestOperation.Allocate(id);
        ForAny((text, cuts) =>
        {
            int size = digest.Info.DigestLength == 0 ? 300 : digest.Info.DigestLength;
            byte[] expected = new byte[size], told = new byte[size];
            Assert.Equal(size, digest.DoFinal(text, expected));
            Span<byte> rest = text;
            foreach (int cut in cuts)
            {
                digest.Update(rest[..Math.Min(cut, rest.Length)]);
                rest = rest[Math.Min(cut, rest.Length)..];
            }

            digest.Update(rest);
            int at = 0;
            foreach (int cut in cuts)
                at += digest.Extract(told.AsSpan(at, Math.Min(cut, size - at)));
            Assert.Equal(size - at, digest.DoFinal([], told.AsSpan(at)));
            return told.AsSpan().SequenceEqual(expected);
        });
    });

    [Theory]
    [MemberData(nameof(AuthenticatedEncryption))]
    public void Authenticated_encryption_in_pieces_and_in_place_opens_what_was_sealed_in_one_go(TeeAlgorithm id) => SdkThread.Run(() =>
    {
        var row = (AeAlgorithm)AlgorithmTable.Find(id)!;
        using TransientObject key = TransientObject.Allocate(row.Key, 256);
        key.GenerateKey(256);
        using AeOperation seal = AeOperation.Allocate(id, OperationMode.Encrypt, 256), open = AeOperation.Allocate(id, OperationMode.Decrypt, 256);
        seal.SetKey(key);
        open.SetKey(key);
        ForAny((text, cuts) =>
        {
            byte[] nonce = new byte[row.MinNonceSize + (text.Length % 6)], aad = [.. cuts.Select(cut => (byte)cut)], cipher = new byte[text.Length], plain = new byte[text.Length];
            int tagSize = row.TagSizes[text.Length % row.TagSizes.Count];
            byte[] tag = new byte[tagSize];
            seal.Init(nonce, tagSize * 8, aad.Length, text.Length);
            seal.UpdateAad(aad);
            Assert.Equal(text.Length, seal.EncryptFinal(text, cipher, tag));

            open.Init(nonce, tagSize * 8, aad.Length, text.Length);
            foreach (byte b in aad)
                open.UpdateAad([b]);
            int at = 0, read = 0;
            foreach (int cut in cuts.Where(cut => read + cut <= cipher.Length))
            {
                byte[] inPlace = new byte[cut + row.BlockSize];
                cipher.AsSpan(read, cut).CopyTo(inPlace);
                int written = open.Update(inPlace.AsSpan(0, cut), inPlace);
                inPlace.AsSpan(0, written).CopyTo(plain.AsSpan(at));
                (read, at) = (read + cut, at + written);
            }

            byte[] last = new byte[text.Length - at];
            cipher.AsSpan(read).CopyTo(last);
            TeeResult result = open.TryDecryptFinal(last.AsSpan(0, cipher.Length - read), last, out int rest, tag);
            last.CopyTo(plain.AsSpan(at));
            return result == TeeResult.Success && rest == last.Length && plain.AsSpan().SequenceEqual(text);
        });
    });

    private static void ForAny(Func<byte[], int[], bool> holds)
    {
        Gen<(byte[] Text, int[] Cuts)> cases = Gen.Choose(0, Largest).SelectMany(size => Gen.Choose(0, 255).Select(b => (byte)b).ArrayOf(size))
            .Zip(Gen.Choose(0, 80).ArrayOf(8));
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(25).WithReplay(7, 13), Prop.ForAll(cases.ToArbitrary(), pair => holds(pair.Item1, pair.Item2)));
    }

    private static CipherOperation Keyed(CipherAlgorithm row, OperationMode mode)
    {
        int bits = ObjectTypeTable.Find(row.Key)!.MaxSize;
        CipherOperation cipher = CipherOperation.Allocate(row.Id, mode, row.HasTwoKeys ? 2 * bits : bits);
        using TransientObject key = KeyOf(row.Key, bits, 1), second = KeyOf(row.Key, bits, 2);
        if (row.HasTwoKeys)
            cipher.SetKeys(key, second);
        else
            cipher.SetKey(key);
        return cipher;
    }

    private static TransientObject KeyOf(ObjectType type, int bits, int seed)
    {
        TransientObject key = TransientObject.Allocate(type, bits);
        byte[] value = new byte[bits / 8];
        new Random(seed).NextBytes(value);
        key.Populate(AttributeId.SecretValue, value);
        return key;
    }
}
