using System.Numerics;
using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Crypto;
using RestrictedTee.SecureWorld.Crypto.Algorithms;

namespace RestrictedTee.Tests.Crypto;

/// <summary>What the standards reject is rejected by each provider.</summary>
public sealed class StrictnessTests
{
    private static readonly BigInteger OrderOf25519 = (BigInteger.One << 252) + BigInteger.Parse("27742317777372353535851937790883648493", System.Globalization.CultureInfo.InvariantCulture);

    private static readonly BigInteger OrderOfP256 = BigInteger.Parse("0ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551", System.Globalization.NumberStyles.HexNumber, System.Globalization.CultureInfo.InvariantCulture);

    public static TheoryData<string> Providers => ["OpenSSL", "BouncyCastle"];

    [Theory]
    [MemberData(nameof(Providers))]
    public void A_signature_of_Ed25519_whose_second_half_is_beyond_the_order_is_none(string provider)
    {
        TestKey key = KeyedProviderTests.KeyOf(ObjectType.Ed25519KeyPair, 256);
        using SignatureEngine signer = New(provider, OperationMode.Sign), verifier = New(provider, OperationMode.Verify);
        signer.SetKey(key.Material);
        verifier.SetKey(key.Public().Material);
        byte[] signature = new byte[64];
        signer.Sign(default, "message"u8, signature, out _);
        Assert.Equal(TeeResult.Success, verifier.Verify(default, "message"u8, signature));
        BigInteger half = new BigInteger(signature.AsSpan(32), isUnsigned: true) + OrderOf25519;
        Assert.True(half.TryWriteBytes(signature.AsSpan(32), out _, isUnsigned: true));

        Assert.Equal(TeeResult.SignatureInvalid, verifier.Verify(default, "message"u8, signature));

        static SignatureEngine New(string provider, OperationMode mode) =>
            ((SignatureAlgorithm)AlgorithmTable.Find(TeeAlgorithm.Ed25519)!).Providers.Single(p => p.Name == provider).Create(mode);
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public void A_number_of_an_ECDSA_signature_beyond_the_order_is_none(string provider)
    {
        TestKey key = KeyedProviderTests.KeyOf(ObjectType.EcdsaKeyPair, 256);
        byte[] digest = new byte[32], signature = new byte[64];
        var row = (SignatureAlgorithm)AlgorithmTable.Find(TeeAlgorithm.EcdsaSha256)!;
        using SignatureEngine signer = row.Providers.Single(p => p.Name == provider).Create(OperationMode.Sign), verifier = row.Providers.Single(p => p.Name == provider).Create(OperationMode.Verify);
        signer.SetKey(key.Material);
        verifier.SetKey(key.Public().Material);
        signer.Sign(default, digest, signature, out _);
        byte[] order = OrderOfP256.ToByteArray(isUnsigned: true, isBigEndian: true);

        byte[][] wrong =
        [
            [.. new byte[32], .. signature[32..]], [.. signature[..32], .. new byte[32]], [.. order, .. signature[32..]], [.. signature[..32], .. order], [.. order, .. order],
            [.. new byte[31], 1, .. new byte[31], 1],
        ];

        Assert.All(wrong, one => Assert.Equal(TeeResult.SignatureInvalid, verifier.Verify(default, digest, one)));
        Assert.Equal(TeeResult.BadParameters, verifier.Verify(default, [], signature));
    }

    /// <summary>The points of small order (RFC 7748 section 6.1; their list at cr.yp.to/ecdh.html).</summary>
    [Theory]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("0100000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800")]
    [InlineData("5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157")]
    [InlineData("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")]
    [InlineData("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")]
    public void A_point_of_small_order_gives_no_secret(string point)
    {
        TestKey key = KeyedProviderTests.KeyOf(ObjectType.X25519KeyPair, 256);
        byte[] parameters = TestKey.Encode((AttributeId.X25519PublicValue, Convert.FromHexString(point)));
        foreach (Provider<DerivationEngine> provider in ((DerivationAlgorithm)AlgorithmTable.Find(TeeAlgorithm.X25519)!).Providers)
        {
            using DerivationEngine engine = provider.Create(OperationMode.Derive);
            engine.SetKey(key.Material);

            Assert.Equal(TeeResult.BadParameters, engine.Derive(new AttributeReader(parameters), new byte[64], out _));
        }
    }

    [Fact]
    public void A_peer_that_is_on_no_curve_or_in_no_group_is_refused_by_all()
    {
        byte[] ones = [.. Enumerable.Repeat((byte)1, 32)], prime = Groups.DhPrime, less = [.. prime];
        less[^1] -= 1;
        (TeeAlgorithm Id, int Bits, byte[] Parameters)[] cases =
        [
            (TeeAlgorithm.EcdhDeriveSharedSecret, 256, TestKey.Encode((AttributeId.EccPublicValueX, ones), (AttributeId.EccPublicValueY, ones))),
            (TeeAlgorithm.EcdhDeriveSharedSecret, 256, TestKey.Encode((AttributeId.EccPublicValueX, []), (AttributeId.EccPublicValueY, []))),
            (TeeAlgorithm.EcdhDeriveSharedSecret, 256, TestKey.Encode((AttributeId.EccPublicValueX, ones))),
            (TeeAlgorithm.EcdhDeriveSharedSecret, 256, TestKey.Encode((AttributeId.EccPublicValueX, new byte[200]), (AttributeId.EccPublicValueY, [.. Enumerable.Repeat((byte)9, 200)]))),
            (TeeAlgorithm.EcdhDeriveSharedSecret, 256, []),
            (TeeAlgorithm.X25519, 256, TestKey.Encode((AttributeId.X25519PublicValue, ones[..31]))),
            (TeeAlgorithm.X448, 448, TestKey.Encode((AttributeId.X448PublicValue, new byte[56]))),
            (TeeAlgorithm.DhDeriveSharedSecret, 2048, TestKey.Encode((AttributeId.DhPublicValue, [0]))),
            (TeeAlgorithm.DhDeriveSharedSecret, 2048, TestKey.Encode((AttributeId.DhPublicValue, [1]))),
            (TeeAlgorithm.DhDeriveSharedSecret, 2048, TestKey.Encode((AttributeId.DhPublicValue, prime))),
            (TeeAlgorithm.DhDeriveSharedSecret, 2048, TestKey.Encode((AttributeId.DhPublicValue, less))),
            (TeeAlgorithm.DhDeriveSharedSecret, 2048, TestKey.Encode((AttributeId.DhPublicValue, [.. Enumerable.Repeat((byte)7, 5000)]))),
        ];
        foreach ((TeeAlgorithm id, int bits, byte[] parameters) in cases)
        {
            var row = (DerivationAlgorithm)AlgorithmTable.Find(id)!;
            TestKey key = KeyedProviderTests.KeyOf(row.Key, bits);
            foreach (Provider<DerivationEngine> provider in row.Providers)
            {
                using DerivationEngine engine = provider.Create(OperationMode.Derive);
                Assert.True(engine.SetKey(key.Material));
                Assert.True(engine.Derive(new AttributeReader(parameters), new byte[512], out _) == TeeResult.BadParameters, $"{provider.Name} takes a bad peer of {id}.");
            }
        }
    }

    [Fact]
    public void Two_sides_have_the_same_secret_whichever_library_each_has()
    {
        (TeeAlgorithm Id, int Bits, AttributeId Public)[] cases =
        [
            (TeeAlgorithm.X25519, 256, AttributeId.X25519PublicValue), (TeeAlgorithm.X448, 448, AttributeId.X448PublicValue), (TeeAlgorithm.DhDeriveSharedSecret, 2048, AttributeId.DhPublicValue),
        ];
        foreach ((TeeAlgorithm id, int bits, AttributeId publicId) in cases)
        {
            var row = (DerivationAlgorithm)AlgorithmTable.Find(id)!;
            TestKey one = KeyedProviderTests.KeyOf(row.Key, bits), other = TestKey.Generate(row.Key, bits, "OpenSSL", KeyedProviderTests.GivenFor(row.Key, bits));

            IEnumerable<string> secrets = row.Providers.SelectMany(provider => new[] { Derive(provider, one, other), Derive(provider, other, one) });

            Assert.Single(secrets.Distinct());

            string Derive(Provider<DerivationEngine> provider, TestKey own, TestKey peer)
            {
                byte[] secret = new byte[512];
                using DerivationEngine engine = provider.Create(OperationMode.Derive);
                Assert.True(engine.SetKey(own.Material));
                Assert.Equal(TeeResult.Success, engine.Derive(new AttributeReader(TestKey.Encode((publicId, peer.Material[publicId].ToArray()))), secret, out int size));
                return Convert.ToHexString(secret.AsSpan(0, size));
            }
        }
    }
}
