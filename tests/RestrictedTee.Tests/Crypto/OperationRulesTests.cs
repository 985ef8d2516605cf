using RestrictedTee.Sdk;

namespace RestrictedTee.Tests.Crypto;

/// <summary>What breaks the contract of an operation, one row a case, with the code that the TA panics with (GPD_SPE_010 chapter 6).</summary>
public sealed class OperationRulesTests
{
    private const uint BadParameters = (uint)TeeResult.BadParameters;
    private const uint BadState = (uint)TeeResult.BadState;

    private static readonly byte[] Block = new byte[16];

    private static readonly Dictionary<string, (uint Panic, Action Misuse)> Cases = new()
    {
        ["one key where there are two"] = (BadParameters, () => Xts().SetKey(Aes(1))),
        ["two keys where there is one"] = (BadParameters, () => Allocate(TeeAlgorithm.AesCbcNoPad, 256).SetKeys(Aes(1), Aes(2))),
        ["one of two keys"] = (BadParameters, () => Xts().SetKeys(Aes(1), null)),
        ["two keys of other sizes"] = (BadParameters, () => Xts().SetKeys(Aes(1), Of(ObjectType.Aes, new byte[16]))),
        ["a message of XTS below a block"] = (BadParameters, () => Begun(TeeAlgorithm.AesXts, Aes(1), Aes(2)).DoFinal(new byte[15], new byte[32])),
        ["a message of CTS of a block"] = (BadParameters, () => Begun(TeeAlgorithm.AesCts, Aes(1)).DoFinal(Block, new byte[32])),
        ["an IV of XTS that is short"] = (BadParameters, () => Keyed(TeeAlgorithm.AesXts, Aes(1), Aes(2)).Init(new byte[15])),
        ["a CBC-MAC of a part of a block"] = (BadState, () => BegunMac(TeeAlgorithm.AesCbcMacNoPad).ComputeFinal(new byte[17], new byte[16])),
        ["a CBC-MAC of nothing"] = (BadState, () => BegunMac(TeeAlgorithm.AesCbcMacNoPad).ComputeFinal([], new byte[16])),
        ["a nonce of CCM that is short"] = (BadParameters, () => Ccm(OperationMode.Encrypt).Init(new byte[6], 128)),
        ["a nonce of CCM that is long"] = (BadParameters, () => Ccm(OperationMode.Encrypt).Init(new byte[14], 128)),
        ["a nonce of CCM that leaves no room for the length"] = (BadParameters, () => Ccm(OperationMode.Encrypt).Init(new byte[13], 128, 0, 1 << 16)),
        ["more authenticated than told"] = (BadParameters, () => BegunCcm(OperationMode.Encrypt, 4, 4).UpdateAad(new byte[5])),
        ["more payload than told"] = (BadParameters, () => BegunCcm(OperationMode.Encrypt, 0, 4).Update(new byte[5], new byte[5])),
        ["less payload than told"] = (BadParameters, () => BegunCcm(OperationMode.Encrypt, 0, 4).EncryptFinal(new byte[3], new byte[3], new byte[16])),
        ["less authenticated than told"] = (BadParameters, () => BegunCcm(OperationMode.Encrypt, 4, 4).Update(new byte[4], new byte[4])),
        ["a digest of no size"] = (BadParameters, () => Signer().SignDigest([], new byte[64])),
        ["a signature to verify with that is to sign"] = (BadParameters, () => Signer().VerifyDigest(new byte[32], new byte[64])),
        ["a signature to encrypt with"] = (BadParameters, () => Signer().Encrypt(new byte[32], new byte[64])),
        ["a signature without a key"] = (BadParameters, () => AsymmetricOperation.Allocate(TeeAlgorithm.EcdsaSha256, OperationMode.Sign, 256).SignDigest(new byte[32], new byte[64])),
        ["a public key to sign with"] = (BadParameters, () => SignWithPublic()),
        ["a key that may not sign"] = (BadParameters, () => SignWith(KeyUsage.Verify)),
        ["a context of Ed25519 that is long"] = (BadParameters, () => SignWithContext(256)),
        ["a derivation without a key"] = (BadParameters, () => KeyDerivation.Allocate(TeeAlgorithm.X25519, 256).DeriveKey([], TransientObject.Allocate(ObjectType.GenericSecret, 256))),
        ["a derivation into a key of another type"] = (BadParameters, () => Agreement().TryDeriveKey([], TransientObject.Allocate(ObjectType.Aes, 256))),
        ["a derivation from nothing"] = (BadParameters, () => Agreement().DeriveKey([], TransientObject.Allocate(ObjectType.GenericSecret, 256))),
        ["a value attribute with bytes"] = (BadParameters, () => new AttributeList().Add(AttributeId.EccCurve, Block)),
        ["an attribute of bytes with a value"] = (BadParameters, () => new AttributeList().Add(AttributeId.SecretValue, 1)),
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_misuse_panics_with_the_code_of_its_kind(string name)
    {
        uint panic = 0;

        SdkThread.Run(() => panic = SdkThread.PanicOf(Cases[name].Misuse));

        Assert.Equal(Cases[name].Panic, panic);
    }

    [Fact]
    public void One_object_as_both_keys_is_refused_without_a_panic() => SdkThread.Run(() =>
    {
        using TransientObject key = Aes(1);

        Assert.Equal(TeeResult.Security, SdkThread.ResultOf(() => Xts().SetKeys(key, key)));
    });

    [Fact]
    public void A_tag_of_a_size_that_there_is_none_of_is_not_supported() => SdkThread.Run(() =>
    {
        foreach (int bits in new[] { 0, 16, 40, 72, 127, 136 })
            Assert.Equal(TeeResult.NotSupported, SdkThread.ResultOf(() => Ccm(OperationMode.Encrypt).Init(new byte[7], bits)));
        using AeOperation open = BegunCcm(OperationMode.Decrypt, 0, 0);
        Assert.Equal(TeeResult.MacInvalid, open.TryDecryptFinal([], [], out _, new byte[15]));
    });

    [Theory]
    [InlineData(TeeAlgorithm.AesXts, EccCurve.None, true)]
    [InlineData(TeeAlgorithm.AesXts, EccCurve.NistP256, false)]
    [InlineData(TeeAlgorithm.EcdsaSha256, EccCurve.NistP256, true)]
    [InlineData(TeeAlgorithm.EcdsaSha256, EccCurve.None, false)]
    [InlineData(TeeAlgorithm.EcdsaSha256, EccCurve.Sm2, false)]
    [InlineData((TeeAlgorithm)0x7000_3041, EccCurve.NistP256, true)]
    [InlineData(TeeAlgorithm.X25519, EccCurve.Curve25519, true)]
    [InlineData(TeeAlgorithm.Sm2Kep, EccCurve.Sm2, true)]
    [InlineData((TeeAlgorithm)0x1234_5678, EccCurve.None, false)]
    public void An_algorithm_is_supported_with_its_curves(TeeAlgorithm algorithm, EccCurve curve, bool expected)
    {
        bool seen = !expected;

        SdkThread.Run(() => seen = Tee.IsAlgorithmSupported(algorithm, curve));

        Assert.Equal(expected, seen);
    }

    [Fact]
    public void Invariant_9_nothing_is_left_of_what_is_disposed()
    {
        int left = SdkThread.Run(() =>
        {
            using TransientObject one = Aes(1), other = Aes(2);
            using CipherOperation cipher = Xts();
            cipher.SetKeys(one, other);
            cipher.Init(Block);
            using TransientObject pair = Pair();
            using AsymmetricOperation signer = AsymmetricOperation.Allocate(TeeAlgorithm.EcdsaSha256, OperationMode.Sign, 256);
            signer.SetKey(pair);
            signer.SignDigest(new byte[32], new byte[64]);
        });

        Assert.Equal(0, left);
    }

    private static CipherOperation Allocate(TeeAlgorithm algorithm, int bits) => CipherOperation.Allocate(algorithm, OperationMode.Encrypt, bits);

    private static CipherOperation Xts() => Allocate(TeeAlgorithm.AesXts, 512);

    private static CipherOperation Keyed(TeeAlgorithm algorithm, TransientObject key, TransientObject? second = null)
    {
        CipherOperation cipher = Allocate(algorithm, second is null ? 256 : 512);
        if (second is null)
            cipher.SetKey(key);
        else
            cipher.SetKeys(key, second);
        return cipher;
    }

    private static CipherOperation Begun(TeeAlgorithm algorithm, TransientObject key, TransientObject? second = null)
    {
        CipherOperation cipher = Keyed(algorithm, key, second);
        cipher.Init(Block);
        return cipher;
    }

    private static TransientObject Aes(byte fill) => Of(ObjectType.Aes, [.. Enumerable.Repeat(fill, 32)]);

    private static TransientObject Of(ObjectType type, byte[] value)
    {
        TransientObject key = TransientObject.Allocate(type, 8 * value.Length);
        key.Populate(AttributeId.SecretValue, value);
        return key;
    }

    private static MacOperation BegunMac(TeeAlgorithm algorithm)
    {
        MacOperation mac = MacOperation.Allocate(algorithm, 256);
        mac.SetKey(Aes(1));
        mac.Init();
        return mac;
    }

    private static AeOperation Ccm(OperationMode mode)
    {
        AeOperation ccm = AeOperation.Allocate(TeeAlgorithm.AesCcm, mode, 256);
        ccm.SetKey(Aes(1));
        return ccm;
    }

    private static AeOperation BegunCcm(OperationMode mode, int aad, int payload)
    {
        AeOperation ccm = Ccm(mode);
        ccm.Init(new byte[12], 128, aad, payload);
        return ccm;
    }

    private static TransientObject Pair()
    {
        TransientObject pair = TransientObject.Allocate(ObjectType.EcdsaKeyPair, 256);
        using var curve = new AttributeList { { AttributeId.EccCurve, EccCurve.NistP256 } };
        pair.GenerateKey(256, curve);
        return pair;
    }

    private static AsymmetricOperation Signer(TransientObject? key = null)
    {
        AsymmetricOperation signer = AsymmetricOperation.Allocate(TeeAlgorithm.EcdsaSha256, OperationMode.Sign, 256);
        signer.SetKey(key ?? Pair());
        return signer;
    }

    private static void SignWithPublic()
    {
        TransientObject half = TransientObject.Allocate(ObjectType.EcdsaPublicKey, 256);
        half.CopyAttributesFrom(Pair());
        Signer(half);
    }

    private static void SignWith(KeyUsage usage)
    {
        TransientObject pair = Pair();
        pair.RestrictUsage(usage);
        Signer(pair);
    }

    private static void SignWithContext(int size)
    {
        TransientObject pair = TransientObject.Allocate(ObjectType.Ed25519KeyPair, 256);
        pair.GenerateKey(256);
        AsymmetricOperation signer = AsymmetricOperation.Allocate(TeeAlgorithm.Ed25519, OperationMode.Sign, 256);
        signer.SetKey(pair);
        signer.SignDigest(Block, new byte[64], new AttributeList { { AttributeId.EddsaContext, new byte[size] } });
    }

    private static KeyDerivation Agreement()
    {
        TransientObject pair = TransientObject.Allocate(ObjectType.X25519KeyPair, 256);
        pair.GenerateKey(256);
        KeyDerivation agreement = KeyDerivation.Allocate(TeeAlgorithm.X25519, 256);
        agreement.SetKey(pair);
        return agreement;
    }
}
