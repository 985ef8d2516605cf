using RestrictedTee.NormalWorld.Uapi;

namespace RestrictedTee.Xtest.Regression4000;

/// <summary>Numbers of the Internal Core API (GPD_SPE_010 chapters 5 and 6) that no vector names.</summary>
internal static class Gp
{
    internal const uint Encrypt = 0;
    internal const uint Decrypt = 1;
    internal const uint Sign = 2;
    internal const uint Verify = 3;
    internal const uint Mac = 4;
    internal const uint Digest = 5;
    internal const uint Derive = 6;

    internal const uint AesEcb = 0x1000_0010;
    internal const uint AesCbc = 0x1000_0110;
    internal const uint AesCtr = 0x1000_0210;
    internal const uint AesCts = 0x1000_0310;
    internal const uint AesXts = 0x1000_0410;
    internal const uint Sm4Xts = 0xF000_0414;
    internal const uint AesCcm = 0x4000_0710;
    internal const uint RsassaPkcs1Sha1 = 0x7000_2830;
    internal const uint RsassaPkcs1Sha256 = 0x7000_4830;
    internal const uint RsassaPssSha256 = 0x7041_4930;
    internal const uint RsaesPkcs1 = 0x6000_0130;
    internal const uint RsaesOaepSha1 = 0x6021_0230;
    internal const uint RsaesOaepSha256 = 0x6041_0230;
    internal const uint DsaSha1 = 0x7000_2131;
    internal const uint EcdsaSha256 = 0x7000_3042;
    internal const uint DhDeriveSharedSecret = 0x8000_0032;
    internal const uint EcdhDeriveSharedSecret = 0x8000_0042;

    internal const uint Aes = 0xA000_0010;
    internal const uint Des = 0xA000_0011;
    internal const uint Des3 = 0xA000_0013;
    internal const uint HmacSha256 = 0xA000_0004;
    internal const uint GenericSecret = 0xA000_0000;
    internal const uint RsaKeyPair = 0xA100_0030;
    internal const uint DsaKeyPair = 0xA100_0031;
    internal const uint DhKeyPair = 0xA100_0032;
    internal const uint EcdsaKeyPair = 0xA100_0041;
    internal const uint EcdhKeyPair = 0xA100_0042;
    internal const uint Ed25519KeyPair = 0xA100_0043;
    internal const uint X25519KeyPair = 0xA100_0044;
    internal const uint Sm2KepKeyPair = 0xA100_0046;

    internal const uint SecretValue = 0xC000_0000;
    internal const uint EccPublicValueX = 0xD000_0141;
    internal const uint EccPublicValueY = 0xD000_0241;
    internal const uint EccPrivateValue = 0xC000_0341;
    internal const uint EccCurve = 0xF000_0441;
    internal const uint RsaModulus = 0xD000_0130;
    internal const uint RsaPublicExponent = 0xD000_0230;
    internal const uint RsaPrivateExponent = 0xC000_0330;
    internal const uint DhPrime = 0xD000_1032;
    internal const uint DhBase = 0xD000_1232;
    internal const uint DhPublicValue = 0xD000_0132;
    internal const uint DhPrivateValue = 0xC000_0232;
    internal const uint DsaPrime = 0xD000_1031;
    internal const uint DsaSubprime = 0xD000_1131;
    internal const uint DsaBase = 0xD000_1231;
    internal const uint DsaPublicValue = 0xD000_0131;
    internal const uint DsaPrivateValue = 0xC000_0231;
    internal const uint Ed25519PublicValue = 0xD000_0743;
    internal const uint Ed25519PrivateValue = 0xC000_0843;
    internal const uint X25519PublicValue = 0xD000_0944;
    internal const uint X25519PrivateValue = 0xC000_0A44;

    /// <summary>TEE_ERROR_MAC_INVALID.</summary>
    internal const TeecResult MacInvalid = (TeecResult)0xFFFF3071;

    /// <summary>TEE_ERROR_SIGNATURE_INVALID.</summary>
    internal const TeecResult SignatureInvalid = (TeecResult)0xFFFF3072;

    /// <summary>Bits of TEE_ECC_CURVE_NIST_P192 and so on.</summary>
    internal static IReadOnlyDictionary<uint, uint> CurveBits { get; } =
        new Dictionary<uint, uint> { [1] = 192, [2] = 224, [3] = 256, [4] = 384, [5] = 521 };
}
