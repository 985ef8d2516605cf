using RestrictedTee.Sdk;

namespace RestrictedTee.Tests.Crypto;

/// <summary>Derivation as a trusted application has it.</summary>
public sealed class DerivationTests
{
    [Fact]
    public void A_bad_peer_is_an_answer_and_leaves_the_object_empty() => SdkThread.Run(() =>
    {
        using TransientObject pair = TransientObject.Allocate(ObjectType.X25519KeyPair, 256), secret = TransientObject.Allocate(ObjectType.GenericSecret, 256);
        pair.GenerateKey(256);
        using KeyDerivation agreement = KeyDerivation.Allocate(TeeAlgorithm.X25519, 256);
        agreement.SetKey(pair);
        using var zero = new AttributeList { { AttributeId.X25519PublicValue, new byte[32] } };
        byte[] own = new byte[32];
        pair.GetBufferAttribute(AttributeId.X25519PublicValue, own);
        using var peer = new AttributeList { { AttributeId.X25519PublicValue, own } };

        Assert.Equal(TeeResult.BadParameters, agreement.TryDeriveKey(zero, secret));
        Assert.Equal(HandleState.None, secret.Info.State);
        Assert.Equal((uint)TeeResult.BadParameters, SdkThread.PanicOf(() => agreement.DeriveKey(zero, secret)));
        agreement.DeriveKey(peer, secret);

        Assert.Equal((256, HandleState.Initialized), (secret.Info.Size, secret.Info.State));
        Assert.Equal((uint)TeeResult.BadParameters, SdkThread.PanicOf(() => agreement.DeriveKey(peer, secret)));
    });

    [Theory]
    [InlineData(TeeAlgorithm.Hkdf, 255 * 32)]
    [InlineData(TeeAlgorithm.HkdfSha1DeriveKey, 512)]
    public void What_is_asked_for_has_room(TeeAlgorithm algorithm, int most) => SdkThread.Run(() =>
    {
        using TransientObject ikm = TransientObject.Allocate(ObjectType.HkdfIkm, 128), secret = TransientObject.Allocate(ObjectType.GenericSecret, 4096);
        ikm.Populate(AttributeId.HkdfIkm, new byte[16]);
        using KeyDerivation hkdf = KeyDerivation.Allocate(algorithm, 128);
        hkdf.SetKey(ikm);
        foreach (int size in new[] { 0, 513, most + 1 })
        {
            using var parameters = new AttributeList { { AttributeId.HkdfOkmLength, (uint)size } };
            Assert.Equal(TeeResult.BadParameters, hkdf.TryDeriveKey(parameters, secret));
        }

        using var fits = new AttributeList { { AttributeId.HkdfOkmLength, 512 } };
        hkdf.DeriveKey(fits, secret);
        Assert.Equal(512, secret.GetBufferAttribute(AttributeId.SecretValue, new byte[512]));
    });

    [Theory]
    [InlineData(AttributeId.Pbkdf2Salt, AttributeId.Pbkdf2DkmLength, 1u, TeeResult.BadParameters)] // no count
    [InlineData(AttributeId.Pbkdf2IterationCount, AttributeId.Pbkdf2DkmLength, 0u, TeeResult.BadParameters)] // none at all
    [InlineData(AttributeId.Pbkdf2IterationCount, AttributeId.HkdfOkmLength, 1u, TeeResult.BadParameters)] // of another derivation
    [InlineData(AttributeId.Pbkdf2IterationCount, AttributeId.Pbkdf2DkmLength, 1u, TeeResult.Success)]
    [InlineData(AttributeId.Pbkdf2IterationCount, AttributeId.Pbkdf2DkmLength, (1u << 25) + 1, TeeResult.BadParameters)] // nothing would interrupt it
    [InlineData(AttributeId.Pbkdf2IterationCount, AttributeId.Pbkdf2DkmLength, uint.MaxValue, TeeResult.BadParameters)]
    public void Parameters_are_those_of_the_derivation(AttributeId first, AttributeId second, uint count, TeeResult expected) => SdkThread.Run(() =>
    {
        using TransientObject password = TransientObject.Allocate(ObjectType.Pbkdf2Password, 64), secret = TransientObject.Allocate(ObjectType.GenericSecret, 128);
        password.Populate(AttributeId.Pbkdf2Password, "password"u8);
        using KeyDerivation pbkdf2 = KeyDerivation.Allocate(TeeAlgorithm.Pbkdf2HmacSha256DeriveKey, 64);
        pbkdf2.SetKey(password);
        using var parameters = new AttributeList();
        if (first == AttributeId.Pbkdf2Salt)
            parameters.Add(first, "salt"u8);
        else
            parameters.Add(first, count);
        parameters.Add(second, 16);

        Assert.Equal(expected, pbkdf2.TryDeriveKey(parameters, secret));
    });

    [Fact]
    public void What_SM2_confirms_comes_back_in_its_attribute() => SdkThread.Run(() =>
    {
        System.Text.Json.JsonElement[] vector = Vectors.Derivations[TeeAlgorithm.Sm2Kep][0], other = Vectors.Derivations[TeeAlgorithm.Sm2Kep][1];
        using TransientObject own = Pair(vector[1]), ephemeral = Pair(vector[2]), secret = TransientObject.Allocate(ObjectType.GenericSecret, 16), refused = TransientObject.Allocate(ObjectType.GenericSecret, 16);
        using KeyDerivation exchange = KeyDerivation.Allocate(TeeAlgorithm.Sm2Kep, 512);
        exchange.SetKeys(own, ephemeral);
        using AttributeList parameters = List(vector[3], changes: 0), wrong = List(vector[3], changes: 1);
        parameters.Add(AttributeId.Sm2KepConfirmationOut, new byte[32]);
        byte[] confirmed = new byte[32];

        Assert.Equal(TeeResult.BadParameters, exchange.TryDeriveKey(wrong, refused));
        exchange.DeriveKey(parameters, secret);

        Assert.Equal(32, parameters.Read(AttributeId.Sm2KepConfirmationOut, confirmed));
        Assert.Equal(other[3].GetProperty("Sm2KepConfirmationIn").GetString(), Convert.ToHexStringLower(confirmed));

        static TransientObject Pair(System.Text.Json.JsonElement parts)
        {
            TransientObject pair = TransientObject.Allocate(ObjectType.Sm2KepKeyPair, 256);
            using AttributeList list = List(parts, changes: 0);
            pair.Populate(list);
            return pair;
        }

        static AttributeList List(System.Text.Json.JsonElement parts, byte changes)
        {
            var list = new AttributeList();
            foreach (System.Text.Json.JsonProperty part in parts.EnumerateObject())
            {
                AttributeId id = Enum.Parse<AttributeId>(part.Name);
                if (part.Value.ValueKind == System.Text.Json.JsonValueKind.Number)
                {
                    list.Add(id, part.Value.GetUInt32());
                    continue;
                }

                byte[] value = Convert.FromHexString(part.Value.GetString()!);
                if (id == AttributeId.Sm2KepConfirmationIn)
                    value[0] ^= changes;
                list.Add(id, value);
            }

            return list;
        }
    });
}
