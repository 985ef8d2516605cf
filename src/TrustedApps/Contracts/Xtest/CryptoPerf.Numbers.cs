namespace RestrictedTee.Contracts;

/// <summary>What the crypto_perf TA knows, by its numbers.</summary>
public static partial class CryptoPerf
{
    /// <summary>Ciphers.</summary>
    public enum Cipher : uint
    {
        /// <summary>TA_AES_ECB.</summary>
        AesEcb = 0,

        /// <summary>TA_AES_CBC.</summary>
        AesCbc = 1,

        /// <summary>TA_AES_CTR.</summary>
        AesCtr = 2,

        /// <summary>TA_AES_XTS.</summary>
        AesXts = 3,

        /// <summary>TA_AES_GCM.</summary>
        AesGcm = 4,

        /// <summary>TA_SM4_ECB.</summary>
        Sm4Ecb = 5,

        /// <summary>TA_SM4_CBC.</summary>
        Sm4Cbc = 6,

        /// <summary>TA_SM4_CTR.</summary>
        Sm4Ctr = 7,

        /// <summary>TA_SM4_XTS.</summary>
        Sm4Xts = 8,
    }

    /// <summary>Digests, and codes with a key.</summary>
    public enum Hash : uint
    {
        /// <summary>TA_SHA_SHA1.</summary>
        Sha1 = 0,

        /// <summary>TA_SHA_SHA224.</summary>
        Sha224 = 1,

        /// <summary>TA_SHA_SHA256.</summary>
        Sha256 = 2,

        /// <summary>TA_SHA_SHA384.</summary>
        Sha384 = 3,

        /// <summary>TA_SHA_SHA512.</summary>
        Sha512 = 4,

        /// <summary>TA_SM3.</summary>
        Sm3 = 5,

        /// <summary>TA_HMAC_SHA1.</summary>
        HmacSha1 = 6,

        /// <summary>TA_HMAC_SHA224.</summary>
        HmacSha224 = 7,

        /// <summary>TA_HMAC_SHA256.</summary>
        HmacSha256 = 8,

        /// <summary>TA_HMAC_SHA384.</summary>
        HmacSha384 = 9,

        /// <summary>TA_HMAC_SHA512.</summary>
        HmacSha512 = 10,

        /// <summary>TA_HMAC_SM3.</summary>
        HmacSm3 = 11,
    }

    /// <summary>Kinds of key pairs (asym_algorithm).</summary>
    public enum Algorithm : uint
    {
        /// <summary>ALGO_DH.</summary>
        Dh = 1,

        /// <summary>ALGO_RSA.</summary>
        Rsa = 2,

        /// <summary>ALGO_ECDSA.</summary>
        Ecdsa = 3,

        /// <summary>ALGO_ECDH.</summary>
        Ecdh = 4,

        /// <summary>ALGO_X25519.</summary>
        X25519 = 5,

        /// <summary>ALGO_SM2.</summary>
        Sm2 = 6,
    }

    /// <summary>What is done with a key pair (asym_cipher_mode).</summary>
    public enum Mode : uint
    {
        /// <summary>MODE_ENCRYPT.</summary>
        Encrypt = 0,

        /// <summary>MODE_DECRYPT.</summary>
        Decrypt = 1,

        /// <summary>MODE_SIGN.</summary>
        Sign = 2,

        /// <summary>MODE_VERIFY.</summary>
        Verify = 3,

        /// <summary>MODE_GENKEYPAIR.</summary>
        GenerateKeyPair = 4,
    }

    /// <summary>Of RSA (rsa_mode).</summary>
    public enum RsaScheme : uint
    {
        /// <summary>RSA_NOPAD.</summary>
        NoPad = 0,

        /// <summary>RSAES_PKCS1_V1_5.</summary>
        Pkcs1 = 1,

        /// <summary>RSAES_PKCS1_OAEP_SHA1.</summary>
        OaepSha1 = 2,

        /// <summary>RSAES_PKCS1_OAEP_SHA224.</summary>
        OaepSha224 = 3,

        /// <summary>RSAES_PKCS1_OAEP_SHA256.</summary>
        OaepSha256 = 4,

        /// <summary>RSAES_PKCS1_OAEP_SHA384.</summary>
        OaepSha384 = 5,

        /// <summary>RSAES_PKCS1_OAEP_SHA512.</summary>
        OaepSha512 = 6,

        /// <summary>RSASSA_PKCS1_V1_5_SHA1.</summary>
        Pkcs1Sha1 = 7,

        /// <summary>RSASSA_PKCS1_V1_5_SHA224.</summary>
        Pkcs1Sha224 = 8,

        /// <summary>RSASSA_PKCS1_V1_5_SHA256.</summary>
        Pkcs1Sha256 = 9,

        /// <summary>RSASSA_PKCS1_V1_5_SHA384.</summary>
        Pkcs1Sha384 = 10,

        /// <summary>RSASSA_PKCS1_V1_5_SHA512.</summary>
        Pkcs1Sha512 = 11,

        /// <summary>RSASSA_PKCS1_PSS_MGF1_SHA1.</summary>
        PssSha1 = 12,

        /// <summary>RSASSA_PKCS1_PSS_MGF1_SHA224.</summary>
        PssSha224 = 13,

        /// <summary>RSASSA_PKCS1_PSS_MGF1_SHA256.</summary>
        PssSha256 = 14,

        /// <summary>RSASSA_PKCS1_PSS_MGF1_SHA384.</summary>
        PssSha384 = 15,

        /// <summary>RSASSA_PKCS1_PSS_MGF1_SHA512.</summary>
        PssSha512 = 16,
    }
}
