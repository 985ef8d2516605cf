using System.Text.Json;
using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Crypto;
using RestrictedTee.SecureWorld.Crypto.Algorithms;

namespace RestrictedTee.Tests.Crypto;

/// <summary>What holds of each provider of each algorithm with pairs of keys, and of each derivation: who registers is tested.</summary>
public sealed class KeyedProviderTests
{
    private static readonly Dictionary<string, TestKey> Keys = [];

    public static TheoryData<TeeAlgorithm, string> Signatures => Columns<SignatureAlgorithm>();

    public static TheoryData<TeeAlgorithm, string> AsymmetricCiphers => Columns<AsymmetricCipherAlgorithm>();

    public static TheoryData<TeeAlgorithm, string> Derivations => Columns<DerivationAlgorithm>();

    [Theory]
    [MemberData(nameof(Signatures))]
    public void A_signature_of_one_provider_is_one_to_the_others_and_not_when_a_bit_of_it_is_changed(TeeAlgorithm id, string provider)
    {
        var row = (SignatureAlgorithm)AlgorithmTable.Find(id)!;
        foreach (int bits in SizesOf(row.Key))
        {
            TestKey key = KeyOf(row.Key, bits);
            byte[] digest = DigestFor(id);
            using SignatureEngine signer = New(row, provider, OperationMode.Sign);
            Assert.True(signer.SetKey(key.Material));
            byte[] signature = new byte[signer.SignatureSize];

            Assert.Equal(TeeResult.Success, signer.Sign(default, digest, signature, out int size));

            Assert.Equal(signature.Length, size);
            foreach (Provider<SignatureEngine> other in row.Providers)
            {
                using SignatureEngine verifier = other.Create(OperationMode.Verify);
                Assert.True(verifier.SetKey(key.Public().Material));
                Assert.Equal(TeeResult.Success, verifier.Verify(default, digest, signature));
                foreach (int at in new[] { 0, size / 2, size - 1 })
                {
                    signature[at] ^= 1;
                    Assert.Equal(TeeResult.SignatureInvalid, verifier.Verify(default, digest, signature));
                    signature[at] ^= 1;
                }

                Assert.Equal(TeeResult.SignatureInvalid, verifier.Verify(default, digest, signature.AsSpan(0, size - 1)));
                Assert.Equal(TeeResult.SignatureInvalid, verifier.Verify(default, digest, [.. signature, 0]));
                Assert.Equal(TeeResult.SignatureInvalid, verifier.Verify(default, digest, [0, .. signature]));
                Assert.Equal(TeeResult.SignatureInvalid, verifier.Verify(default, digest, []));
                Assert.Equal(TeeResult.SignatureInvalid, verifier.Verify(default, digest, new byte[size]));
                Assert.Equal(TeeResult.SignatureInvalid, verifier.Verify(default, digest, [.. Enumerable.Repeat((byte)0xFF, size)]));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Signatures))]
    public void A_signature_is_that_of_its_standard(TeeAlgorithm id, string provider)
    {
        var row = (SignatureAlgorithm)AlgorithmTable.Find(id)!;
        foreach (JsonElement[] vector in Vectors.Signatures.GetValueOrDefault(id) ?? [])
        {
            TestKey key = TestKey.Of(vector[0], vector[1]);
            byte[] parameters = TestKey.Encode(vector[2]), digest = Convert.FromHexString(vector[3].GetString()!), signature = Convert.FromHexString(vector[4].GetString()!);
            using SignatureEngine signer = New(row, provider, OperationMode.Sign), verifier = New(row, provider, OperationMode.Verify);
            Assert.True(signer.SetKey(key.Material));
            Assert.True(verifier.SetKey(key.Public().Material));
            byte[] made = new byte[signer.SignatureSize];

            Assert.Equal(TeeResult.Success, verifier.Verify(new AttributeReader(parameters), digest, signature));
            Assert.Equal(TeeResult.Success, signer.Sign(new AttributeReader(parameters), digest, made, out _));

            if (id is TeeAlgorithm.Ed25519 or TeeAlgorithm.Ed448 || id.ToString().StartsWith("RsassaPkcs1", StringComparison.Ordinal)) // the others have a random number in them
                Assert.Equal(signature, made);
        }
    }

    [Theory]
    [MemberData(nameof(AsymmetricCiphers))]
    public void What_one_provider_encrypts_the_others_decrypt_and_not_when_it_is_changed(TeeAlgorithm id, string provider)
    {
        var row = (AsymmetricCipherAlgorithm)AlgorithmTable.Find(id)!;
        foreach (int bits in SizesOf(row.Key))
        {
            TestKey key = KeyOf(row.Key, bits);
            byte[] plain = [.. "a message"u8];
            using AsymmetricCipherEngine encrypt = New(row, provider, OperationMode.Encrypt);
            Assert.True(encrypt.SetKey(key.Public().Material));
            byte[] cipher = new byte[encrypt.MaxSizeOf(plain.Length, OperationMode.Encrypt)];

            Assert.Equal(TeeResult.Success, encrypt.Encrypt(default, plain, cipher, out int size));

            foreach (Provider<AsymmetricCipherEngine> other in row.Providers)
            {
                using AsymmetricCipherEngine decrypt = other.Create(OperationMode.Decrypt);
                Assert.True(decrypt.SetKey(key.Material));
                byte[] opened = new byte[decrypt.MaxSizeOf(size, OperationMode.Decrypt)];
                Assert.Equal(TeeResult.Success, decrypt.Decrypt(default, cipher.AsSpan(0, size), opened, out int count));
                Assert.Equal(plain, opened[..count]);
                if (id == TeeAlgorithm.RsaNoPad)
                    continue; // any number is of some message
                byte[] changed = cipher[..size];
                changed[^1] ^= 1;
                Assert.Equal(TeeResult.CiphertextInvalid, decrypt.Decrypt(default, changed, opened, out _));
                Assert.Contains(decrypt.Decrypt(default, changed.AsSpan(0, size - 1), opened, out _), new[] { TeeResult.BadParameters, TeeResult.CiphertextInvalid });
                Assert.Equal(TeeResult.BadParameters, decrypt.Decrypt(default, [], opened, out _));
            }
        }
    }

    [Theory]
    [MemberData(nameof(AsymmetricCiphers))]
    public void A_ciphertext_of_its_standard_opens(TeeAlgorithm id, string provider)
    {
        var row = (AsymmetricCipherAlgorithm)AlgorithmTable.Find(id)!;
        foreach (JsonElement[] vector in Vectors.AsymmetricCiphers.GetValueOrDefault(id) ?? [])
        {
            byte[] cipher = Convert.FromHexString(vector[4].GetString()!), opened = new byte[cipher.Length];
            using AsymmetricCipherEngine decrypt = New(row, provider, OperationMode.Decrypt);
            Assert.True(decrypt.SetKey(TestKey.Of(vector[0], vector[1]).Material));

            Assert.Equal(TeeResult.Success, decrypt.Decrypt(default, cipher, opened, out int size));

            Assert.Equal(vector[3].GetString(), Convert.ToHexStringLower(opened.AsSpan(0, size)));
        }
    }

    [Fact]
    public void Each_vector_says_where_it_stands()
    {
        IEnumerable<JsonElement[]> all = Vectors.Signatures.Concat(Vectors.AsymmetricCiphers).Concat(Vectors.Derivations).SelectMany(row => row.Value);

        Assert.All(all, vector => Assert.Matches("^(RFC|NIST|GM/T|PKCS) .*[0-9]", vector[5].GetString()));
    }

    [Theory]
    [MemberData(nameof(Derivations))]
    public void A_secret_is_that_of_its_standard(TeeAlgorithm id, string provider)
    {
        var row = (DerivationAlgorithm)AlgorithmTable.Find(id)!;
        foreach (JsonElement[] vector in Vectors.Derivations.GetValueOrDefault(id) ?? [])
        {
            string expected = vector[4].GetString()!;
            using DerivationEngine engine = New(row, provider, OperationMode.Derive);
            Assert.True(engine.SetKey(TestKey.Of(vector[0], vector[1]).Material));
            Assert.True(vector[2].ValueKind == JsonValueKind.Null || engine.SetSecondKey(TestKey.Of(vector[0], vector[2]).Material));
            byte[] secret = new byte[row.IsSizedByObject ? expected.Length / 2 : 512];

            TeeResult result = engine.Derive(new AttributeReader(TestKey.Encode(vector[3])), secret, out int size);

            Assert.Equal((TeeResult.Success, expected), (result, Convert.ToHexStringLower(secret.AsSpan(0, size))));
        }
    }

    internal static TestKey KeyOf(ObjectType type, int bits)
    {
        lock (Keys)
        {
            if (!Keys.TryGetValue($"{type} {bits}", out TestKey? key))
                Keys[$"{type} {bits}"] = key = TestKey.Generate(type, bits, ObjectTypeTable.Find(type)!.Providers.First(p => p.Serves(bits)).Name, GivenFor(type, bits));
            return key;
        }
    }

    internal static (AttributeId, byte[])[] GivenFor(ObjectType type, int bits) => type switch
    {
        ObjectType.EcdsaKeyPair or ObjectType.EcdhKeyPair => [(AttributeId.EccCurve, TestKey.Value((uint)Curves.Nist.Single(c => Curves.BitsOf(c) == bits)))],
        ObjectType.DsaKeyPair => [(AttributeId.DsaPrime, Groups.DsaPrime), (AttributeId.DsaSubprime, Groups.DsaSubprime), (AttributeId.DsaBase, Groups.DsaBase)],
        ObjectType.DhKeyPair => [(AttributeId.DhPrime, Groups.DhPrime), (AttributeId.DhBase, [2])],
        _ => [],
    };

    private static int[] SizesOf(ObjectType type) => type switch
    {
        ObjectType.RsaKeyPair => [2048],
        ObjectType.DsaKeyPair => [1024],
        ObjectType.EcdsaKeyPair => [192, 224, 256, 384, 521],
        ObjectType.Ed448KeyPair => [456],
        _ => [256],
    };

    /// <summary>Anything of the size that the algorithm's digest has.</summary>
    private static byte[] DigestFor(TeeAlgorithm id)
    {
        string name = id.ToString();
        (string Suffix, int Size)[] sizes =
            [("Sha3Of224", 28), ("Sha3Of256", 32), ("Sha3Of384", 48), ("Sha3Of512", 64), ("Md5", 16), ("Sha1", 20), ("Sha224", 28), ("Sha256", 32), ("Sha384", 48), ("Sha512", 64)];
        int size = sizes.FirstOrDefault(s => name.EndsWith(s.Suffix, StringComparison.Ordinal)).Size;
        return [.. Enumerable.Range(1, size == 0 ? 32 : size).Select(i => (byte)i)];
    }

    private static TheoryData<TeeAlgorithm, string> Columns<T>()
        where T : Algorithm
    {
        var data = new TheoryData<TeeAlgorithm, string>();
        foreach (Algorithm row in AlgorithmTable.Rows.OfType<T>())
        {
            foreach (string provider in row.ProviderNames)
                data.Add(row.Id, provider);
        }

        return data;
    }

    private static TEngine New<TEngine>(KeyedAlgorithm<TEngine> row, string provider, OperationMode mode)
        where TEngine : KeyedEngine => row.Providers.Single(p => p.Name == provider).Create(mode);
}
