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
}

/// <summary>TEE_OPERATION_CIPHER and so on: the class of an operation (GPD_SPE_010 table 5-6).</summary>
public enum OperationClass
{
    /// <summary>TEE_OPERATION_CIPHER.</summary>
    Cipher = 1,

    /// <summary>TEE_OPERATION_MAC.</summary>
    Mac = 3,

    /// <summary>TEE_OPERATION_AE.</summary>
    AuthenticatedEncryption = 4,

    /// <summary>TEE_OPERATION_DIGEST.</summary>
    Digest = 5,
}

/// <summary>TEE_MODE_*: what an operation is for (GPD_SPE_010 table 6-1).</summary>
public enum OperationMode : uint
{
    /// <summary>TEE_MODE_ENCRYPT.</summary>
    Encrypt = 0,

    /// <summary>TEE_MODE_DECRYPT.</summary>
    Decrypt = 1,

    /// <summary>TEE_MODE_SIGN.</summary>
    Sign = 2,

    /// <summary>TEE_MODE_VERIFY.</summary>
    Verify = 3,

    /// <summary>TEE_MODE_MAC.</summary>
    Mac = 4,

    /// <summary>TEE_MODE_DIGEST.</summary>
    Digest = 5,

    /// <summary>TEE_MODE_DERIVE.</summary>
    Derive = 6,
}

/// <summary>What follows from the number of an algorithm alone (TEE_ALG_GET_* in lib/libutee/include/utee_defines.h).</summary>
internal static class AlgorithmNumber
{
    internal static OperationClass ClassOf(TeeAlgorithm algorithm) => (OperationClass)((uint)algorithm >> 28);

    /// <summary>The type of the secret that the algorithm is keyed with: TEE_TYPE_* has the algorithm's own low byte.</summary>
    internal static ObjectType SecretTypeOf(TeeAlgorithm algorithm) => (ObjectType)(0xA000_0000 | ((uint)algorithm & 0xFF));
}
