using RestrictedTee.Sdk;

namespace RestrictedTee.Tests.Crypto;

/// <summary>Which attributes an object takes (GPD_SPE_010 section 5.6): one row a case, with the result that a TA sees.</summary>
public sealed class ObjectRulesTests
{
    private const uint NotFound = (uint)TeeResult.ItemNotFound;
    private const uint BadState = (uint)TeeResult.BadState;

    private static readonly byte[] X = Convert.FromHexString("60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6");
    private static readonly byte[] Y = Convert.FromHexString("7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299");

    private static readonly Dictionary<string, (ObjectType Type, int Size, Func<AttributeList> Parts, uint Panic, TeeResult Result)> Cases = new()
    {
        ["whole"] = (ObjectType.EcdsaPublicKey, 256, () => Point(X, Y), 0, TeeResult.Success),
        ["missing"] = (ObjectType.EcdsaPublicKey, 256, () => new() { { AttributeId.EccPublicValueX, X }, { AttributeId.EccCurve, EccCurve.NistP256 } }, NotFound, default),
        ["none at all"] = (ObjectType.Aes, 128, () => [], NotFound, default),
        ["repeated"] = (ObjectType.Aes, 128, () => new() { { AttributeId.SecretValue, X.AsSpan(0, 16) }, { AttributeId.SecretValue, X.AsSpan(0, 16) } }, NotFound, default),
        ["of another type"] = (ObjectType.Aes, 128, () => new() { { AttributeId.RsaModulus, X } }, NotFound, default),
        ["one too many"] = (ObjectType.EcdsaPublicKey, 256, () => With(Point(X, Y), AttributeId.EccPrivateValue), NotFound, default),
        ["larger than the object"] = (ObjectType.Aes, 128, () => new() { { AttributeId.SecretValue, X } }, BadState, default),
        ["a curve larger than the object"] = (ObjectType.EcdsaPublicKey, 192, () => Point(X, Y), BadState, default),
        ["a size that the type does not have"] = (ObjectType.Aes, 256, () => new() { { AttributeId.SecretValue, X.AsSpan(0, 20) } }, 0, TeeResult.BadParameters),
        ["empty"] = (ObjectType.Aes, 256, () => new() { { AttributeId.SecretValue, [] } }, 0, TeeResult.BadParameters),
        ["a curve that there is none of"] = (ObjectType.EcdsaPublicKey, 256, () => Point(X, Y, (EccCurve)99), 0, TeeResult.BadParameters),
        ["a point off the curve"] = (ObjectType.EcdsaPublicKey, 256, () => Point(X, X), 0, TeeResult.BadParameters),
        ["a coordinate beyond the field"] = (ObjectType.EcdsaPublicKey, 256, () => Point([.. Enumerable.Repeat((byte)0xFF, 32)], Y), 0, TeeResult.BadParameters),
        ["no point at all"] = (ObjectType.EcdhPublicKey, 256, () => Point([], []), 0, TeeResult.BadParameters),
        ["a private number of zero"] = (ObjectType.EcdsaKeyPair, 256, () => With(Point(X, Y), AttributeId.EccPrivateValue, new byte[32]), 0, TeeResult.BadParameters),
        ["a private number beyond the order"] = (ObjectType.EcdsaKeyPair, 256, () => With(Point(X, Y), AttributeId.EccPrivateValue, [.. Enumerable.Repeat((byte)0xFF, 32)]), 0, TeeResult.BadParameters),
        ["SM2 off the curve"] = (ObjectType.Sm2PkePublicKey, 256, () => new() { { AttributeId.EccPublicValueX, X }, { AttributeId.EccPublicValueY, Y } }, 0, TeeResult.BadParameters),
        ["a key of the newer curves that is short"] = (ObjectType.Ed25519PublicKey, 256, () => new() { { AttributeId.Ed25519PublicValue, X.AsSpan(0, 31) } }, 0, TeeResult.BadParameters),
        ["a public half that is another key's"] = (ObjectType.Ed25519KeyPair, 256, () => new() { { AttributeId.Ed25519PrivateValue, X }, { AttributeId.Ed25519PublicValue, Y } }, 0, TeeResult.BadParameters),
        ["RSA with an even modulus"] = (ObjectType.RsaPublicKey, 512, () => Rsa([1, .. new byte[63]], [3]), 0, TeeResult.BadParameters),
        ["RSA with an exponent of 1"] = (ObjectType.RsaPublicKey, 512, () => Rsa([.. X, .. X[..31], 1], [1]), 0, TeeResult.BadParameters),
        ["RSA with an even exponent"] = (ObjectType.RsaPublicKey, 512, () => Rsa([.. X, .. X[..31], 1], [4]), 0, TeeResult.BadParameters),
        ["DSA with a public number of 1"] = (ObjectType.DsaPublicKey, 1024, () => Dsa([1]), 0, TeeResult.BadParameters),
        ["DSA with a public number of 0"] = (ObjectType.DsaPublicKey, 1024, () => Dsa([0]), 0, TeeResult.BadParameters),
        ["DSA with a public number of the prime less 1"] = (ObjectType.DsaPublicKey, 1024, () => Dsa(Less(Groups.DsaPrime)), 0, TeeResult.BadParameters),
        ["DSA with a public number that is not of the subgroup"] = (ObjectType.DsaPublicKey, 1024, () => Dsa([3]), 0, TeeResult.BadParameters),
        ["DSA with a base of 1"] = (ObjectType.DsaPublicKey, 1024, () => Dsa(Groups.DsaBase, generator: [1]), 0, TeeResult.BadParameters),
        ["DSA with a subprime that does not divide"] = (ObjectType.DsaPublicKey, 1024, () => Dsa(Groups.DsaBase, order: [.. Groups.DsaSubprime[..27], 0x7D]), 0, TeeResult.BadParameters),
        ["DSA with prime and subprime changed about"] = (ObjectType.DsaPublicKey, 1024, () => Dsa(Groups.DsaBase, order: Groups.DsaPrime, prime: Groups.DsaSubprime), 0, TeeResult.BadParameters),
        ["DSA with a public number of the subgroup"] = (ObjectType.DsaPublicKey, 1024, () => Dsa(Groups.DsaBase), 0, TeeResult.Success),
        ["DSA with the private number of the base"] = (ObjectType.DsaKeyPair, 1024, () => With(Dsa(Groups.DsaBase), AttributeId.DsaPrivateValue, [1]), 0, TeeResult.Success),
        ["DSA with a private number that is another's"] = (ObjectType.DsaKeyPair, 1024, () => With(Dsa(Groups.DsaBase), AttributeId.DsaPrivateValue, [2]), 0, TeeResult.BadParameters),
        ["DSA with a private number of 0"] = (ObjectType.DsaKeyPair, 1024, () => With(Dsa(Groups.DsaBase), AttributeId.DsaPrivateValue, [0]), 0, TeeResult.BadParameters),
        ["DSA with a private number beyond the order"] = (ObjectType.DsaKeyPair, 1024, () => With(Dsa(Groups.DsaBase), AttributeId.DsaPrivateValue, Groups.DsaBase), 0, TeeResult.BadParameters),
        ["DH with a private number of 2"] = (ObjectType.DhKeyPair, 2048, () => Dh([4], [2]), 0, TeeResult.Success),
        ["DH with a private number that is another's, of which upstream's suite has one"] = (ObjectType.DhKeyPair, 2048, () => Dh([4], [3]), 0, TeeResult.Success),
        ["DH with a private number of 0"] = (ObjectType.DhKeyPair, 2048, () => Dh([4], [0]), 0, TeeResult.BadParameters),
        ["DH with a public number of 0"] = (ObjectType.DhKeyPair, 2048, () => Dh([0], [2]), 0, TeeResult.BadParameters),
        ["DH with a public number of 1"] = (ObjectType.DhKeyPair, 2048, () => Dh([1], [0]), 0, TeeResult.BadParameters),
        ["DH with a public number of the prime less 1"] = (ObjectType.DhKeyPair, 2048, () => Dh(Less(Groups.DhPrime), [2]), 0, TeeResult.BadParameters),
        ["DH with a public number of the prime"] = (ObjectType.DhKeyPair, 2048, () => Dh(Groups.DhPrime, [2]), 0, TeeResult.BadParameters),
        ["a point that is another key's"] = (ObjectType.EcdsaKeyPair, 256, () => With(Point(X, Y), AttributeId.EccPrivateValue, Y), 0, TeeResult.BadParameters),
        ["a point that is the other side's, which upstream's suite gives"] = (ObjectType.EcdhKeyPair, 256, () => With(Point(X, Y), AttributeId.EccPrivateValue, Y), 0, TeeResult.Success),
        ["a public key of Ed25519 that is no point"] = (ObjectType.Ed25519PublicKey, 256, () => new() { { AttributeId.Ed25519PublicValue, [2, .. new byte[31]] } }, 0, TeeResult.BadParameters),
        ["a public key of Ed448 beyond the field"] = (ObjectType.Ed448PublicKey, 456, () => new() { { AttributeId.Ed448PublicValue, [.. Enumerable.Repeat((byte)0xFF, 56), 0] } }, 0, TeeResult.BadParameters),
        ["DES without parity"] = (ObjectType.Des, 56, () => new() { { AttributeId.SecretValue, X.AsSpan(0, 8) } }, 0, TeeResult.Success),
        ["an empty secret"] = (ObjectType.GenericSecret, 128, () => new() { { AttributeId.SecretValue, [] } }, 0, TeeResult.Success),
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Attributes_are_taken_or_refused_as_the_specification_says(string name)
    {
        (ObjectType type, int size, Func<AttributeList> parts, uint panic, TeeResult result) = Cases[name];
        (uint Panic, TeeResult Result) seen = default;
        HandleState state = default;

        SdkThread.Run(() =>
        {
            using TransientObject item = TransientObject.Allocate(type, size);
            using AttributeList list = parts();
            seen.Panic = SdkThread.PanicOf(() => seen.Result = SdkThread.ResultOf(() => item.Populate(list)));
            state = item.Info.State;
        });

        Assert.Equal((panic, result), seen);
        Assert.Equal(panic == 0 && result == TeeResult.Success, state == HandleState.Initialized);
    }

    [Fact]
    public void A_refused_object_is_empty_and_can_be_populated_again() => SdkThread.Run(() =>
    {
        using TransientObject key = TransientObject.Allocate(ObjectType.Aes, 256);
        Assert.Equal(TeeResult.BadParameters, SdkThread.ResultOf(() => key.Populate(AttributeId.SecretValue, X.AsSpan(0, 20))));

        key.Populate(AttributeId.SecretValue, X);

        Assert.Equal(256, key.Info.Size);
    });

    [Fact]
    public void What_is_public_is_read_of_a_key_that_is_not_extractable_and_what_is_secret_is_not() => SdkThread.Run(() =>
    {
        using TransientObject key = TransientObject.Allocate(ObjectType.EcdsaKeyPair, 256);
        using var curve = new AttributeList { { AttributeId.EccCurve, EccCurve.NistP256 } };
        key.GenerateKey(256, curve);
        byte[] value = new byte[32];
        Assert.InRange(key.GetBufferAttribute(AttributeId.EccPrivateValue, value), 1, 32);

        key.RestrictUsage(KeyUsage.Sign);

        Assert.InRange(key.GetBufferAttribute(AttributeId.EccPublicValueX, value), 1, 32);
        Assert.Equal((uint)EccCurve.NistP256, key.GetValueAttribute(AttributeId.EccCurve).A);
        Assert.Equal((uint)TeeResult.BadParameters, SdkThread.PanicOf(() => key.GetBufferAttribute(AttributeId.EccPrivateValue, value)));
        Assert.Equal((uint)TeeResult.BadParameters, SdkThread.PanicOf(() => key.GetBufferAttribute(AttributeId.EccCurve, value)));
        Assert.Equal((uint)TeeResult.BadParameters, SdkThread.PanicOf(() => key.GetValueAttribute(AttributeId.EccPublicValueX)));
        Assert.Equal(TeeResult.ItemNotFound, SdkThread.ResultOf(() => key.GetBufferAttribute(AttributeId.RsaModulus, value)));
    });

    [Fact]
    public void The_public_half_of_a_pair_is_copied_with_its_usage_and_nothing_secret() => SdkThread.Run(() =>
    {
        using TransientObject pair = TransientObject.Allocate(ObjectType.EcdsaKeyPair, 256), half = TransientObject.Allocate(ObjectType.EcdsaPublicKey, 256), other = TransientObject.Allocate(ObjectType.EcdhPublicKey, 256);
        using var curve = new AttributeList { { AttributeId.EccCurve, EccCurve.NistP256 } };
        pair.GenerateKey(256, curve);
        pair.RestrictUsage(KeyUsage.Verify);

        half.CopyAttributesFrom(pair);

        Assert.Equal((256, KeyUsage.Verify), (half.Info.Size, half.Info.Usage));
        Assert.NotEqual(0u, SdkThread.PanicOf(() => other.CopyAttributesFrom(pair)));
        Assert.NotEqual(0u, SdkThread.PanicOf(() => half.CopyAttributesFrom(pair)));
    });

    [Theory]
    [InlineData(ObjectType.Aes, 0, TeeResult.NotSupported)]
    [InlineData(ObjectType.Aes, 136, TeeResult.NotSupported)]
    [InlineData(ObjectType.Des, 56, TeeResult.Success)]
    [InlineData(ObjectType.Des3, 112, TeeResult.Success)]
    [InlineData(ObjectType.Des3, 168, TeeResult.Success)]
    [InlineData(ObjectType.RsaKeyPair, 4096, TeeResult.Success)]
    [InlineData(ObjectType.RsaKeyPair, 4097, TeeResult.NotSupported)]
    [InlineData(ObjectType.RsaKeyPair, 255, TeeResult.NotSupported)]
    [InlineData(ObjectType.EcdsaKeyPair, 522, TeeResult.NotSupported)]
    [InlineData((ObjectType)0xA00000BF, 0, TeeResult.NotSupported)]
    public void An_object_is_allocated_in_the_sizes_of_its_type(ObjectType type, int size, TeeResult expected)
    {
        TeeResult seen = default;

        SdkThread.Run(() => seen = SdkThread.ResultOf(() => TransientObject.Allocate(type, size).Dispose()));

        Assert.Equal(expected, seen);
    }

    private static AttributeList Point(byte[] x, byte[] y, EccCurve curve = EccCurve.NistP256) =>
        new() { { AttributeId.EccPublicValueX, x }, { AttributeId.EccPublicValueY, y }, { AttributeId.EccCurve, curve } };

    private static AttributeList With(AttributeList list, AttributeId id, byte[]? value = null)
    {
        list.Add(id, value ?? X);
        return list;
    }

    private static AttributeList Rsa(byte[] modulus, byte[] exponent) => new() { { AttributeId.RsaModulus, modulus }, { AttributeId.RsaPublicExponent, exponent } };

    private static AttributeList Dsa(byte[] value, byte[]? order = null, byte[]? generator = null, byte[]? prime = null) => new()
    {
        { AttributeId.DsaPrime, prime ?? Groups.DsaPrime }, { AttributeId.DsaSubprime, order ?? Groups.DsaSubprime },
        { AttributeId.DsaBase, generator ?? Groups.DsaBase }, { AttributeId.DsaPublicValue, value },
    };

    private static AttributeList Dh(byte[] value, byte[] secret) => new()
    {
        { AttributeId.DhPrime, Groups.DhPrime }, { AttributeId.DhBase, [2] }, { AttributeId.DhPublicValue, value }, { AttributeId.DhPrivateValue, secret },
    };

    private static byte[] Less(byte[] prime) => [.. prime[..^1], (byte)(prime[^1] - 1)];
}
