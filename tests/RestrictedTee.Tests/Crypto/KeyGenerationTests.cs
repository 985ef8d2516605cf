using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Crypto;
using RestrictedTee.SecureWorld.Crypto.Algorithms;

namespace RestrictedTee.Tests.Crypto;

/// <summary>Keys of every type that there is, by every library that makes them.</summary>
public sealed class KeyGenerationTests
{
    public static TheoryData<ObjectType, int, string> Makers
    {
        get
        {
            var data = new TheoryData<ObjectType, int, string>();
            foreach (ObjectTypeRow row in ObjectTypeTable.Rows.Where(row => row.PublicType is not null || row.Type == ObjectType.DhKeyPair))
            {
                foreach (KeyProvider provider in row.Providers)
                {
                    foreach (int bits in SizesOf(row).Where(provider.Serves))
                        data.Add(row.Type, bits, provider.Name);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Makers))]
    public void A_made_key_is_whole_and_one_to_every_library(ObjectType type, int bits, string provider)
    {
        TestKey key = TestKey.Generate(type, bits, provider, KeyedProviderTests.GivenFor(type, bits));

        ObjectTypeRow row = ObjectTypeTable.Find(type)!;
        foreach (AttributeRow attribute in row.Attributes.Where(a => a.Id != AttributeId.DhSubprime))
            Assert.True(key.Material.Has(attribute.Id), $"{attribute.Id} of {type} is missing.");
        foreach (KeyProvider other in row.Providers)
            Assert.True(!other.Serves(bits) || other.Check(key.Material), $"A key of {type} by {provider} is none to {other.Name}.");
        if (type == ObjectType.RsaKeyPair)
            Assert.Equal(bits, (8 * key.Material[AttributeId.RsaModulus].Length) - System.Numerics.BitOperations.LeadingZeroCount((uint)key.Material[AttributeId.RsaModulus][0] << 24));
    }

    [Fact]
    public void Secrets_are_made_in_every_size_and_never_twice() => SdkThread.Run(() =>
    {
        foreach (ObjectTypeRow row in ObjectTypeTable.Rows.Where(row => row.Attributes[0].Id == AttributeId.SecretValue && row.MinSize > 0))
        {
            using TransientObject one = TransientObject.Allocate(row.Type, row.MaxSize), other = TransientObject.Allocate(row.Type, row.MaxSize);
            byte[] first = new byte[row.MaxSize / 8], second = new byte[row.MaxSize / 8];

            one.GenerateKey(row.MinSize);
            other.GenerateKey(row.MaxSize);
            Assert.Equal(row.MinSize / 8, one.GetBufferAttribute(AttributeId.SecretValue, first));
            one.Reset();
            one.GenerateKey(row.MaxSize);
            one.GetBufferAttribute(AttributeId.SecretValue, first);
            other.GetBufferAttribute(AttributeId.SecretValue, second);

            Assert.NotEqual(first, second);
        }
    });

    [Theory]
    [InlineData(new byte[] { 3 }, TeeResult.BadParameters)]
    [InlineData(new byte[] { 1, 0, 0 }, TeeResult.BadParameters)]
    [InlineData(new byte[] { 1, 0, 3 }, TeeResult.Success)]
    public void An_exponent_of_RSA_is_odd_and_large_enough(byte[] exponent, TeeResult expected)
    {
        TeeResult seen = default;
        SdkThread.Run(() =>
        {
            using TransientObject key = TransientObject.Allocate(ObjectType.RsaKeyPair, 1024);
            using var parameters = new AttributeList { { AttributeId.RsaPublicExponent, exponent } };
            seen = SdkThread.ResultOf(() => key.GenerateKey(1024, parameters));
        });

        Assert.Equal(expected, seen);
    }

    /// <summary>A prime that is not may be tried for hours with others that are all too small beside it.</summary>
    [Theory]
    [InlineData(256)]
    [InlineData(257)]
    [InlineData(511)]
    public void Primes_of_RSA_are_so_large_that_any_two_of_them_make_a_modulus(int bits)
    {
        for (int i = 0; i < 8; i++)
        {
            TestKey key = TestKey.Generate(ObjectType.RsaKeyPair, bits, "BouncyCastle", KeyedProviderTests.GivenFor(ObjectType.RsaKeyPair, bits));

            Assert.All([AttributeId.RsaPrime1, AttributeId.RsaPrime2], part => Assert.True(HasTwoUpperBits(key.Material[part])));
        }
    }

    /// <summary>TEE_ATTR_DH_X_BITS.</summary>
    [Theory]
    [InlineData(288u, 288)]
    [InlineData(1000u, 1000)]
    [InlineData(0u, 2047)]
    public void A_private_number_of_DH_has_no_more_bits_than_are_asked_for(uint asked, int most)
    {
        int bits = 0;

        SdkThread.Run(() =>
        {
            using TransientObject key = TransientObject.Allocate(ObjectType.DhKeyPair, 2048);
            using var group = new AttributeList { { AttributeId.DhPrime, Groups.DhPrime }, { AttributeId.DhBase, [2] } };
            if (asked != 0)
                group.Add(AttributeId.DhXBits, asked);
            key.GenerateKey(2048, group);
            byte[] secret = new byte[256];
            bits = (int)new System.Numerics.BigInteger(secret.AsSpan(0, key.GetBufferAttribute(AttributeId.DhPrivateValue, secret)), isUnsigned: true, isBigEndian: true).GetBitLength();
        });

        Assert.InRange(bits, 2, most);
    }

    private static bool HasTwoUpperBits(ReadOnlySpan<byte> number)
    {
        uint first = ((uint)number[0] << 8) | number[1];
        return ((first << (System.Numerics.BitOperations.LeadingZeroCount(first) - 16)) & 0xC000) == 0xC000;
    }

    private static int[] SizesOf(ObjectTypeRow row) => row.Type switch
    {
        ObjectType.RsaKeyPair => [256, 511, 512, 1024, 2048],
        ObjectType.DsaKeyPair => [1024],
        ObjectType.DhKeyPair => [2048],
        ObjectType.EcdsaKeyPair or ObjectType.EcdhKeyPair => [192, 224, 256, 384, 521],
        _ => [row.MaxSize],
    };
}
