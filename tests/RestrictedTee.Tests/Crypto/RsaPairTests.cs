using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Crypto;
using RestrictedTee.SecureWorld.Crypto.Algorithms;

namespace RestrictedTee.Tests.Crypto;

/// <summary>The parts of an RSA pair belong together, to each library that is asked.</summary>
public sealed class RsaPairTests
{
    public static TheoryData<string, AttributeId> Parts
    {
        get
        {
            var data = new TheoryData<string, AttributeId>();
            foreach (KeyProvider provider in ObjectTypeTable.Find(ObjectType.RsaKeyPair)!.Providers)
            {
                foreach (AttributeRow attribute in ObjectTypeTable.Find(ObjectType.RsaKeyPair)!.Attributes)
                    data.Add(provider.Name, attribute.Id);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Parts))]
    public void A_part_that_is_changed_is_of_no_pair(string provider, AttributeId part)
    {
        TestKey key = Copy(part: null), changed = Copy(part);

        Assert.True(Check(provider, key));
        Assert.False(Check(provider, changed));
    }

    [Theory]
    [InlineData("OpenSSL")]
    [InlineData("BouncyCastle")]
    public void A_pair_without_its_primes_is_one_with_the_right_exponent_only(string provider)
    {
        TestKey whole = Copy(part: null), right = Bare(whole, change: 0), wrong = Bare(whole, change: 2);

        Assert.True(Check(provider, right));
        Assert.False(Check(provider, wrong));
    }

    [Theory]
    [InlineData("OpenSSL")]
    [InlineData("BouncyCastle")]
    public void Primes_that_are_changed_about_are_of_no_pair_with_the_coefficient_of_before(string provider)
    {
        TestKey key = Copy(part: null), turned = Copy(part: null);

        (AttributeId, AttributeId)[] pairs = [(AttributeId.RsaPrime1, AttributeId.RsaPrime2), (AttributeId.RsaExponent1, AttributeId.RsaExponent2)];
        foreach ((AttributeId one, AttributeId other) in pairs)
        {
            Assert.True(turned.Material.Set(one, key.Material[other]));
            Assert.True(turned.Material.Set(other, key.Material[one]));
        }

        Assert.False(Check(provider, turned));
    }

    private static bool Check(string provider, TestKey key) => ObjectTypeTable.Find(ObjectType.RsaKeyPair)!.Providers.Single(p => p.Name == provider).Check(key.Material);

    private static TestKey Copy(AttributeId? part)
    {
        TestKey source = KeyedProviderTests.KeyOf(ObjectType.RsaKeyPair, 1024), copy = new(ObjectType.RsaKeyPair, 1024);
        foreach (AttributeRow attribute in ObjectTypeTable.Find(ObjectType.RsaKeyPair)!.Attributes)
        {
            byte[] content = source.Material[attribute.Id].ToArray();
            if (attribute.Id == part)
                content[^1] ^= 2;
            Assert.True(copy.Material.Set(attribute.Id, content));
        }

        return copy;
    }

    private static TestKey Bare(TestKey source, byte change)
    {
        var bare = new TestKey(ObjectType.RsaKeyPair, 1024);
        byte[] exponent = source.Material[AttributeId.RsaPrivateExponent].ToArray();
        exponent[^1] ^= change;
        Assert.True(bare.Material.Set(AttributeId.RsaModulus, source.Material[AttributeId.RsaModulus]));
        Assert.True(bare.Material.Set(AttributeId.RsaPublicExponent, source.Material[AttributeId.RsaPublicExponent]));
        Assert.True(bare.Material.Set(AttributeId.RsaPrivateExponent, exponent));
        return bare;
    }
}
