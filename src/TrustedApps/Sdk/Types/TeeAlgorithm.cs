namespace RestrictedTee.Sdk;

/// <summary>
/// TEE_ALG_*: what an operation computes (GPD_SPE_010 table 6-11; lib/libutee/include/tee_api_defines.h). Bits 28 to 31 are the
/// class of the operation, bits 0 to 7 the algorithm at its core.
/// </summary>
public enum TeeAlgorithm : uint
{
    /// <summary>TEE_ALG_AES_ECB_NOPAD.</summary>
    AesEcbNoPad = 0x1000_0010,

    /// <summary>TEE_ALG_AES_CBC_NOPAD.</summary>
    AesCbcNoPad = 0x1000_0110,

    /// <summary>TEE_ALG_AES_CTR.</summary>
    AesCtr = 0x1000_0210,

    /// <summary>TEE_ALG_AES_CTS.</summary>
    AesCts = 0x1000_0310,

    /// <summary>TEE_ALG_AES_XTS.</summary>
    AesXts = 0x1000_0410,

    /// <summary>TEE_ALG_AES_CBC_MAC_NOPAD.</summary>
    AesCbcMacNoPad = 0x3000_0110,

    /// <summary>TEE_ALG_AES_CBC_MAC_PKCS5.</summary>
    AesCbcMacPkcs5 = 0x3000_0510,

    /// <summary>TEE_ALG_DES_ECB_NOPAD.</summary>
    DesEcbNoPad = 0x1000_0011,

    /// <summary>TEE_ALG_DES_CBC_NOPAD.</summary>
    DesCbcNoPad = 0x1000_0111,

    /// <summary>TEE_ALG_DES_CBC_MAC_NOPAD.</summary>
    DesCbcMacNoPad = 0x3000_0111,

    /// <summary>TEE_ALG_DES_CBC_MAC_PKCS5.</summary>
    DesCbcMacPkcs5 = 0x3000_0511,

    /// <summary>TEE_ALG_DES3_ECB_NOPAD.</summary>
    Des3EcbNoPad = 0x1000_0013,

    /// <summary>TEE_ALG_DES3_CBC_NOPAD.</summary>
    Des3CbcNoPad = 0x1000_0113,

    /// <summary>TEE_ALG_DES3_CBC_MAC_NOPAD.</summary>
    Des3CbcMacNoPad = 0x3000_0113,

    /// <summary>TEE_ALG_DES3_CBC_MAC_PKCS5.</summary>
    Des3CbcMacPkcs5 = 0x3000_0513,

    /// <summary>TEE_ALG_DES3_CMAC, an extension of OP-TEE.</summary>
    Des3Cmac = 0xF000_0613,

    /// <summary>TEE_ALG_SM4_ECB_NOPAD.</summary>
    Sm4EcbNoPad = 0x1000_0014,

    /// <summary>TEE_ALG_SM4_CBC_NOPAD.</summary>
    Sm4CbcNoPad = 0x1000_0114,

    /// <summary>TEE_ALG_SM4_CTR.</summary>
    Sm4Ctr = 0x1000_0214,

    /// <summary>TEE_ALG_SM4_XTS, an extension of OP-TEE.</summary>
    Sm4Xts = 0xF000_0414,

    /// <summary>TEE_ALG_AES_CCM.</summary>
    AesCcm = 0x4000_0710,

    /// <summary>TEE_ALG_SHAKE128.</summary>
    Shake128 = 0x5000_0101,

    /// <summary>TEE_ALG_SHAKE256.</summary>
    Shake256 = 0x5000_0102,

    /// <summary>TEE_ALG_AES_CMAC.</summary>
    AesCmac = 0x3000_0610,

    /// <summary>TEE_ALG_HMAC_MD5.</summary>
    HmacMd5 = 0x3000_0001,

    /// <summary>TEE_ALG_HMAC_SHA1.</summary>
    HmacSha1 = 0x3000_0002,

    /// <summary>TEE_ALG_HMAC_SHA224.</summary>
    HmacSha224 = 0x3000_0003,

    /// <summary>TEE_ALG_HMAC_SHA256.</summary>
    HmacSha256 = 0x3000_0004,

    /// <summary>TEE_ALG_HMAC_SHA384.</summary>
    HmacSha384 = 0x3000_0005,

    /// <summary>TEE_ALG_HMAC_SHA512.</summary>
    HmacSha512 = 0x3000_0006,

    /// <summary>TEE_ALG_HMAC_SM3.</summary>
    HmacSm3 = 0x3000_0007,

    /// <summary>TEE_ALG_HMAC_SHA3_224.</summary>
    HmacSha3Of224 = 0x3000_0008,

    /// <summary>TEE_ALG_HMAC_SHA3_256.</summary>
    HmacSha3Of256 = 0x3000_0009,

    /// <summary>TEE_ALG_HMAC_SHA3_384.</summary>
    HmacSha3Of384 = 0x3000_000A,

    /// <summary>TEE_ALG_HMAC_SHA3_512.</summary>
    HmacSha3Of512 = 0x3000_000B,

    /// <summary>TEE_ALG_AES_GCM.</summary>
    AesGcm = 0x4000_0810,

    /// <summary>TEE_ALG_MD5.</summary>
    Md5 = 0x5000_0001,

    /// <summary>TEE_ALG_SHA1.</summary>
    Sha1 = 0x5000_0002,

    /// <summary>TEE_ALG_SHA224.</summary>
    Sha224 = 0x5000_0003,

    /// <summary>TEE_ALG_SHA256.</summary>
    Sha256 = 0x5000_0004,

    /// <summary>TEE_ALG_SHA384.</summary>
    Sha384 = 0x5000_0005,

    /// <summary>TEE_ALG_SHA512.</summary>
    Sha512 = 0x5000_0006,

    /// <summary>TEE_ALG_SM3.</summary>
    Sm3 = 0x5000_0007,

    /// <summary>TEE_ALG_SHA3_224.</summary>
    Sha3Of224 = 0x5000_0008,

    /// <summary>TEE_ALG_SHA3_256.</summary>
    Sha3Of256 = 0x5000_0009,

    /// <summary>TEE_ALG_SHA3_384.</summary>
    Sha3Of384 = 0x5000_000A,

    /// <summary>TEE_ALG_SHA3_512.</summary>
    Sha3Of512 = 0x5000_000B,

    /// <summary>TEE_ALG_RSAES_PKCS1_V1_5.</summary>
    RsaesPkcs1 = 0x6000_0130,

    /// <summary>TEE_ALG_RSA_NOPAD.</summary>
    RsaNoPad = 0x6000_0030,

    /// <summary>TEE_ALG_RSAES_PKCS1_OAEP_MGF1_MD5, an extension of OP-TEE.</summary>
    RsaesOaepMd5 = 0xF011_0230,

    /// <summary>TEE_ALG_RSAES_PKCS1_OAEP_MGF1_SHA1.</summary>
    RsaesOaepSha1 = 0x6021_0230,

    /// <summary>TEE_ALG_RSAES_PKCS1_OAEP_MGF1_SHA224.</summary>
    RsaesOaepSha224 = 0x6031_0230,

    /// <summary>TEE_ALG_RSAES_PKCS1_OAEP_MGF1_SHA256.</summary>
    RsaesOaepSha256 = 0x6041_0230,

    /// <summary>TEE_ALG_RSAES_PKCS1_OAEP_MGF1_SHA384.</summary>
    RsaesOaepSha384 = 0x6051_0230,

    /// <summary>TEE_ALG_RSAES_PKCS1_OAEP_MGF1_SHA512.</summary>
    RsaesOaepSha512 = 0x6061_0230,

    /// <summary>TEE_ALG_RSAES_PKCS1_OAEP_MGF1_SHA3_224.</summary>
    RsaesOaepSha3Of224 = 0x6081_0230,

    /// <summary>TEE_ALG_RSAES_PKCS1_OAEP_MGF1_SHA3_256.</summary>
    RsaesOaepSha3Of256 = 0x6091_0230,

    /// <summary>TEE_ALG_RSAES_PKCS1_OAEP_MGF1_SHA3_384.</summary>
    RsaesOaepSha3Of384 = 0x60A1_0230,

    /// <summary>TEE_ALG_RSAES_PKCS1_OAEP_MGF1_SHA3_512.</summary>
    RsaesOaepSha3Of512 = 0x60B1_0230,

    /// <summary>TEE_ALG_SM2_PKE.</summary>
    Sm2Pke = 0x8000_0046,

    /// <summary>TEE_ALG_RSASSA_PKCS1_V1_5, an extension of OP-TEE.</summary>
    RsassaPkcs1 = 0xF000_0830,

    /// <summary>TEE_ALG_RSASSA_PKCS1_V1_5_MD5.</summary>
    RsassaPkcs1Md5 = 0x7000_1830,

    /// <summary>TEE_ALG_RSASSA_PKCS1_V1_5_SHA1.</summary>
    RsassaPkcs1Sha1 = 0x7000_2830,

    /// <summary>TEE_ALG_RSASSA_PKCS1_V1_5_SHA224.</summary>
    RsassaPkcs1Sha224 = 0x7000_3830,

    /// <summary>TEE_ALG_RSASSA_PKCS1_V1_5_SHA256.</summary>
    RsassaPkcs1Sha256 = 0x7000_4830,

    /// <summary>TEE_ALG_RSASSA_PKCS1_V1_5_SHA384.</summary>
    RsassaPkcs1Sha384 = 0x7000_5830,

    /// <summary>TEE_ALG_RSASSA_PKCS1_V1_5_SHA512.</summary>
    RsassaPkcs1Sha512 = 0x7000_6830,

    /// <summary>TEE_ALG_RSASSA_PKCS1_V1_5_SHA3_224.</summary>
    RsassaPkcs1Sha3Of224 = 0x7000_8830,

    /// <summary>TEE_ALG_RSASSA_PKCS1_V1_5_SHA3_256.</summary>
    RsassaPkcs1Sha3Of256 = 0x7000_9830,

    /// <summary>TEE_ALG_RSASSA_PKCS1_V1_5_SHA3_384.</summary>
    RsassaPkcs1Sha3Of384 = 0x7000_A830,

    /// <summary>TEE_ALG_RSASSA_PKCS1_V1_5_SHA3_512.</summary>
    RsassaPkcs1Sha3Of512 = 0x7000_B830,

    /// <summary>TEE_ALG_RSASSA_PKCS1_PSS_MGF1_MD5, an extension of OP-TEE.</summary>
    RsassaPssMd5 = 0xF011_1930,

    /// <summary>TEE_ALG_RSASSA_PKCS1_PSS_MGF1_SHA1.</summary>
    RsassaPssSha1 = 0x7021_2930,

    /// <summary>TEE_ALG_RSASSA_PKCS1_PSS_MGF1_SHA224.</summary>
    RsassaPssSha224 = 0x7031_3930,

    /// <summary>TEE_ALG_RSASSA_PKCS1_PSS_MGF1_SHA256.</summary>
    RsassaPssSha256 = 0x7041_4930,

    /// <summary>TEE_ALG_RSASSA_PKCS1_PSS_MGF1_SHA384.</summary>
    RsassaPssSha384 = 0x7051_5930,

    /// <summary>TEE_ALG_RSASSA_PKCS1_PSS_MGF1_SHA512.</summary>
    RsassaPssSha512 = 0x7061_6930,

    /// <summary>TEE_ALG_RSASSA_PKCS1_PSS_MGF1_SHA3_224.</summary>
    RsassaPssSha3Of224 = 0x7081_8930,

    /// <summary>TEE_ALG_RSASSA_PKCS1_PSS_MGF1_SHA3_256.</summary>
    RsassaPssSha3Of256 = 0x7091_9930,

    /// <summary>TEE_ALG_RSASSA_PKCS1_PSS_MGF1_SHA3_384.</summary>
    RsassaPssSha3Of384 = 0x70A1_A930,

    /// <summary>TEE_ALG_RSASSA_PKCS1_PSS_MGF1_SHA3_512.</summary>
    RsassaPssSha3Of512 = 0x70B1_B930,

    /// <summary>TEE_ALG_DSA_SHA1.</summary>
    DsaSha1 = 0x7000_2131,

    /// <summary>TEE_ALG_DSA_SHA224.</summary>
    DsaSha224 = 0x7000_3131,

    /// <summary>TEE_ALG_DSA_SHA256.</summary>
    DsaSha256 = 0x7000_4131,

    /// <summary>TEE_ALG_DSA_SHA3_224.</summary>
    DsaSha3Of224 = 0x7000_8131,

    /// <summary>TEE_ALG_DSA_SHA3_256.</summary>
    DsaSha3Of256 = 0x7000_9131,

    /// <summary>TEE_ALG_DSA_SHA3_384.</summary>
    DsaSha3Of384 = 0x7000_A131,

    /// <summary>TEE_ALG_DSA_SHA3_512.</summary>
    DsaSha3Of512 = 0x7000_B131,

    /// <summary>TEE_ALG_ECDSA_SHA1.</summary>
    EcdsaSha1 = 0x7000_1042,

    /// <summary>TEE_ALG_ECDSA_SHA224.</summary>
    EcdsaSha224 = 0x7000_2042,

    /// <summary>TEE_ALG_ECDSA_SHA256.</summary>
    EcdsaSha256 = 0x7000_3042,

    /// <summary>TEE_ALG_ECDSA_SHA384.</summary>
    EcdsaSha384 = 0x7000_4042,

    /// <summary>TEE_ALG_ECDSA_SHA512.</summary>
    EcdsaSha512 = 0x7000_5042,

    /// <summary>TEE_ALG_ECDSA_SHA3_224.</summary>
    EcdsaSha3Of224 = 0x7000_6042,

    /// <summary>TEE_ALG_ECDSA_SHA3_256.</summary>
    EcdsaSha3Of256 = 0x7000_7042,

    /// <summary>TEE_ALG_ECDSA_SHA3_384.</summary>
    EcdsaSha3Of384 = 0x7000_8042,

    /// <summary>TEE_ALG_ECDSA_SHA3_512.</summary>
    EcdsaSha3Of512 = 0x7000_9042,

    /// <summary>TEE_ALG_ED25519.</summary>
    Ed25519 = 0x7000_6043,

    /// <summary>TEE_ALG_ED448.</summary>
    Ed448 = 0x7000_6044,

    /// <summary>TEE_ALG_SM2_DSA_SM3.</summary>
    Sm2DsaSm3 = 0x7000_6045,

    /// <summary>TEE_ALG_DH_DERIVE_SHARED_SECRET.</summary>
    DhDeriveSharedSecret = 0x8000_0032,

    /// <summary>TEE_ALG_ECDH_DERIVE_SHARED_SECRET.</summary>
    EcdhDeriveSharedSecret = 0x8000_0042,

    /// <summary>TEE_ALG_X25519.</summary>
    X25519 = 0x8000_0044,

    /// <summary>TEE_ALG_X448.</summary>
    X448 = 0x8000_0045,

    /// <summary>TEE_ALG_SM2_KEP.</summary>
    Sm2Kep = 0x6000_0045,

    /// <summary>TEE_ALG_HKDF.</summary>
    Hkdf = 0x8000_0047,

    /// <summary>TEE_ALG_HKDF_MD5_DERIVE_KEY, an extension of OP-TEE.</summary>
    HkdfMd5DeriveKey = 0x8000_10C0,

    /// <summary>TEE_ALG_HKDF_SHA1_DERIVE_KEY, an extension of OP-TEE.</summary>
    HkdfSha1DeriveKey = 0x8000_20C0,

    /// <summary>TEE_ALG_HKDF_SHA224_DERIVE_KEY, an extension of OP-TEE.</summary>
    HkdfSha224DeriveKey = 0x8000_30C0,

    /// <summary>TEE_ALG_HKDF_SHA256_DERIVE_KEY, an extension of OP-TEE.</summary>
    HkdfSha256DeriveKey = 0x8000_40C0,

    /// <summary>TEE_ALG_HKDF_SHA384_DERIVE_KEY, an extension of OP-TEE.</summary>
    HkdfSha384DeriveKey = 0x8000_50C0,

    /// <summary>TEE_ALG_HKDF_SHA512_DERIVE_KEY, an extension of OP-TEE.</summary>
    HkdfSha512DeriveKey = 0x8000_60C0,

    /// <summary>TEE_ALG_CONCAT_KDF_SHA1_DERIVE_KEY, an extension of OP-TEE.</summary>
    ConcatKdfSha1DeriveKey = 0x8000_20C1,

    /// <summary>TEE_ALG_CONCAT_KDF_SHA224_DERIVE_KEY, an extension of OP-TEE.</summary>
    ConcatKdfSha224DeriveKey = 0x8000_30C1,

    /// <summary>TEE_ALG_CONCAT_KDF_SHA256_DERIVE_KEY, an extension of OP-TEE.</summary>
    ConcatKdfSha256DeriveKey = 0x8000_40C1,

    /// <summary>TEE_ALG_CONCAT_KDF_SHA384_DERIVE_KEY, an extension of OP-TEE.</summary>
    ConcatKdfSha384DeriveKey = 0x8000_50C1,

    /// <summary>TEE_ALG_CONCAT_KDF_SHA512_DERIVE_KEY, an extension of OP-TEE.</summary>
    ConcatKdfSha512DeriveKey = 0x8000_60C1,

    /// <summary>TEE_ALG_PBKDF2_HMAC_SHA1_DERIVE_KEY, an extension of OP-TEE.</summary>
    Pbkdf2HmacSha1DeriveKey = 0x8000_20C2,

    /// <summary>TEE_ALG_PBKDF2_HMAC_SHA224_DERIVE_KEY, an extension of OP-TEE.</summary>
    Pbkdf2HmacSha224DeriveKey = 0x8000_30C2,

    /// <summary>TEE_ALG_PBKDF2_HMAC_SHA256_DERIVE_KEY, an extension of OP-TEE.</summary>
    Pbkdf2HmacSha256DeriveKey = 0x8000_40C2,

    /// <summary>TEE_ALG_PBKDF2_HMAC_SHA384_DERIVE_KEY, an extension of OP-TEE.</summary>
    Pbkdf2HmacSha384DeriveKey = 0x8000_50C2,

    /// <summary>TEE_ALG_PBKDF2_HMAC_SHA512_DERIVE_KEY, an extension of OP-TEE.</summary>
    Pbkdf2HmacSha512DeriveKey = 0x8000_60C2,

    /// <summary>TEE_ALG_PBKDF2_HMAC_SM3_DERIVE_KEY, an extension of OP-TEE.</summary>
    Pbkdf2HmacSm3DeriveKey = 0x8000_70C2,
}
