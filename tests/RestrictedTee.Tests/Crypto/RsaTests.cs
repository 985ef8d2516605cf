using RestrictedTee.Sdk;

namespace RestrictedTee.Tests.Crypto;

/// <summary>RSA as a trusted application has it: parameters, paddings, buffers.</summary>
public sealed class RsaTests
{
    private static readonly byte[] Digest = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];

    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    [InlineData(128 - 32 - 2)]
    public void A_salt_is_as_long_as_the_parameter_says_and_no_other_is_taken(int saltSize) => WithKey(1024, (key, half) =>
    {
        using AsymmetricOperation sign = New(TeeAlgorithm.RsassaPssSha256, OperationMode.Sign, key), verify = New(TeeAlgorithm.RsassaPssSha256, OperationMode.Verify, half);
        using var salt = new AttributeList { { AttributeId.RsaPssSaltLength, (uint)saltSize } };
        byte[] signature = new byte[128];

        Assert.Equal(128, sign.SignDigest(Digest, signature, salt));

        Assert.True(verify.VerifyDigest(Digest, signature, salt));
        Assert.False(verify.VerifyDigest(Digest, signature)); // the digest's size
    });

    [Fact]
    public void A_salt_that_has_no_room_panics() => WithKey(1024, (key, half) =>
    {
        using AsymmetricOperation sign = New(TeeAlgorithm.RsassaPssSha256, OperationMode.Sign, key);
        using var salt = new AttributeList { { AttributeId.RsaPssSaltLength, 128 - 32 - 1 } };
        using var huge = new AttributeList { { AttributeId.RsaPssSaltLength, uint.MaxValue } };

        Assert.Equal((uint)TeeResult.BadParameters, SdkThread.PanicOf(() => sign.SignDigest(Digest, new byte[128], salt)));
        Assert.Equal((uint)TeeResult.BadParameters, SdkThread.PanicOf(() => sign.SignDigest(Digest, new byte[128], huge)));
    });

    [Fact]
    public void What_was_sealed_under_a_label_opens_under_no_other() => WithKey(1024, (key, half) =>
    {
        using AsymmetricOperation encrypt = New(TeeAlgorithm.RsaesOaepSha256, OperationMode.Encrypt, half), decrypt = New(TeeAlgorithm.RsaesOaepSha256, OperationMode.Decrypt, key);
        using var label = new AttributeList { { AttributeId.RsaOaepLabel, "one"u8 }, { AttributeId.RsaOaepMgfHash, BitConverter.GetBytes((uint)TeeAlgorithm.Sha1) } };
        using var other = new AttributeList { { AttributeId.RsaOaepLabel, "two"u8 }, { AttributeId.RsaOaepMgfHash, BitConverter.GetBytes((uint)TeeAlgorithm.Sha1) } };
        byte[] cipher = new byte[128], plain = new byte[128];

        int size = encrypt.Encrypt("message"u8, cipher, label);

        Assert.Equal(7, decrypt.Decrypt(cipher, plain, label));
        Assert.Equal((128, TeeResult.CiphertextInvalid), (size, decrypt.TryDecrypt(cipher, plain, out _, other)));
        Assert.Equal(TeeResult.CiphertextInvalid, decrypt.TryDecrypt(cipher, plain, out _));
    });

    [Theory]
    [InlineData(TeeAlgorithm.RsaesPkcs1, 128 - 11)]
    [InlineData(TeeAlgorithm.RsaesOaepSha1, 128 - 40 - 2)]
    [InlineData(TeeAlgorithm.RsaesOaepSha256, 128 - 64 - 2)]
    public void A_message_has_room_up_to_its_padding(TeeAlgorithm algorithm, int most) => WithKey(1024, (key, half) =>
    {
        using AsymmetricOperation encrypt = New(algorithm, OperationMode.Encrypt, half), decrypt = New(algorithm, OperationMode.Decrypt, key);
        byte[] cipher = new byte[128], plain = new byte[most];
        foreach (int size in new[] { 0, 1, most })
        {
            encrypt.Encrypt(new byte[size], cipher);
            Assert.Equal((TeeResult.Success, size), (decrypt.TryDecrypt(cipher, plain, out int opened), opened));
        }

        Assert.Equal(TeeResult.BadParameters, encrypt.TryEncrypt(new byte[most + 1], cipher, out _));
        Assert.Equal((TeeResult.ShortBuffer, most), (decrypt.TryDecrypt(cipher, plain.AsSpan(1), out int needed), needed));
        Assert.Equal((TeeResult.ShortBuffer, 128), (encrypt.TryEncrypt([1], new byte[127], out needed), needed));
    });

    [Fact]
    public void A_number_without_padding_has_no_leading_zeroes_and_is_below_the_modulus() => WithKey(512, (key, half) =>
    {
        using AsymmetricOperation encrypt = New(TeeAlgorithm.RsaNoPad, OperationMode.Encrypt, half), decrypt = New(TeeAlgorithm.RsaNoPad, OperationMode.Decrypt, key);
        byte[] cipher = new byte[64], plain = new byte[64];

        int size = encrypt.Encrypt([0, 0, 5], cipher);

        Assert.Equal(1, decrypt.Decrypt(cipher.AsSpan(0, size), plain));
        Assert.Equal(5, plain[0]);
        Assert.Equal(1, encrypt.Encrypt(new byte[64], cipher));
        Assert.Equal(TeeResult.BadParameters, encrypt.TryEncrypt([.. Enumerable.Repeat((byte)0xFF, 64)], cipher, out _));
    });

    [Fact]
    public void A_key_without_its_primes_signs_what_one_with_them_does() => WithKey(512, (key, half) =>
    {
        using TransientObject bare = TransientObject.Allocate(ObjectType.RsaKeyPair, 512);
        using var parts = new AttributeList();
        byte[] part = new byte[64];
        foreach (AttributeId id in new[] { AttributeId.RsaModulus, AttributeId.RsaPublicExponent, AttributeId.RsaPrivateExponent })
            parts.Add(id, part.AsSpan(0, key.GetBufferAttribute(id, part)));
        bare.Populate(parts);
        using AsymmetricOperation one = New(TeeAlgorithm.RsassaPkcs1Sha256, OperationMode.Sign, key), other = New(TeeAlgorithm.RsassaPkcs1Sha256, OperationMode.Sign, bare);
        byte[] first = new byte[64], second = new byte[64];

        one.SignDigest(Digest, first);
        other.SignDigest(Digest, second);

        Assert.Equal(first, second);
    });

    [Theory]
    [InlineData(256, false)]
    [InlineData(384, true)]
    [InlineData(1023, true)]
    public void A_key_of_an_odd_size_signs_where_there_is_room(int bits, bool hasRoom) => WithKey(bits, (key, half) =>
    {
        using AsymmetricOperation sign = New(TeeAlgorithm.RsassaPkcs1Sha1, OperationMode.Sign, key, bits), verify = New(TeeAlgorithm.RsassaPkcs1Sha1, OperationMode.Verify, half, bits);
        byte[] signature = new byte[(bits + 7) / 8];

        uint panic = SdkThread.PanicOf(() => sign.SignDigest(Digest.AsSpan(0, 20), signature));

        Assert.Equal(hasRoom ? 0 : (uint)TeeResult.BadParameters, panic);
        Assert.Equal(hasRoom, verify.VerifyDigest(Digest.AsSpan(0, 20), signature));
    });

    [Fact]
    public void A_signature_that_does_not_fit_is_told_the_size_that_it_needs() => WithKey(512, (key, half) =>
    {
        using AsymmetricOperation sign = New(TeeAlgorithm.RsassaPkcs1Sha256, OperationMode.Sign, key);
        byte[] signature = new byte[63];

        Assert.Equal((TeeResult.ShortBuffer, 64), (sign.TrySignDigest(Digest, signature, out int needed), needed));
        Assert.DoesNotContain(signature, b => b != 0);
    });

    private static void WithKey(int bits, Action<TransientObject, TransientObject> body) => SdkThread.Run(() =>
    {
        using TransientObject key = TransientObject.Allocate(ObjectType.RsaKeyPair, bits), half = TransientObject.Allocate(ObjectType.RsaPublicKey, bits);
        key.GenerateKey(bits);
        half.CopyAttributesFrom(key);
        body(key, half);
    });

    private static AsymmetricOperation New(TeeAlgorithm algorithm, OperationMode mode, TransientObject key, int bits = 1024)
    {
        AsymmetricOperation operation = AsymmetricOperation.Allocate(algorithm, mode, bits);
        operation.SetKey(key);
        return operation;
    }
}
