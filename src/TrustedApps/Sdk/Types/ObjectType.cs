namespace RestrictedTee.Sdk;

/// <summary>TEE_TYPE_*: what an object is (GPD_SPE_010 table 6-13).</summary>
public enum ObjectType : uint
{
    /// <summary>TEE_TYPE_AES: a key of 128, 192 or 256 bits.</summary>
    Aes = 0xA000_0010,

    /// <summary>TEE_TYPE_DES: a key of 64 bits, or of 56 where parity is not counted.</summary>
    Des = 0xA000_0011,

    /// <summary>TEE_TYPE_DES3: keys of 128 or 192 bits, or of 112 or 168 where parity is not counted.</summary>
    Des3 = 0xA000_0013,

    /// <summary>TEE_TYPE_SM4: a key of 128 bits.</summary>
    Sm4 = 0xA000_0014,

    /// <summary>TEE_TYPE_HMAC_MD5.</summary>
    HmacMd5 = 0xA000_0001,

    /// <summary>TEE_TYPE_HMAC_SHA1.</summary>
    HmacSha1 = 0xA000_0002,

    /// <summary>TEE_TYPE_HMAC_SHA224.</summary>
    HmacSha224 = 0xA000_0003,

    /// <summary>TEE_TYPE_HMAC_SHA256.</summary>
    HmacSha256 = 0xA000_0004,

    /// <summary>TEE_TYPE_HMAC_SHA384.</summary>
    HmacSha384 = 0xA000_0005,

    /// <summary>TEE_TYPE_HMAC_SHA512.</summary>
    HmacSha512 = 0xA000_0006,

    /// <summary>TEE_TYPE_HMAC_SM3.</summary>
    HmacSm3 = 0xA000_0007,

    /// <summary>TEE_TYPE_HMAC_SHA3_224.</summary>
    HmacSha3Of224 = 0xA000_0008,

    /// <summary>TEE_TYPE_HMAC_SHA3_256.</summary>
    HmacSha3Of256 = 0xA000_0009,

    /// <summary>TEE_TYPE_HMAC_SHA3_384.</summary>
    HmacSha3Of384 = 0xA000_000A,

    /// <summary>TEE_TYPE_HMAC_SHA3_512.</summary>
    HmacSha3Of512 = 0xA000_000B,

    /// <summary>TEE_TYPE_GENERIC_SECRET.</summary>
    GenericSecret = 0xA000_0000,

    /// <summary>TEE_TYPE_RSA_PUBLIC_KEY.</summary>
    RsaPublicKey = 0xA000_0030,

    /// <summary>TEE_TYPE_RSA_KEYPAIR.</summary>
    RsaKeyPair = 0xA100_0030,

    /// <summary>TEE_TYPE_DSA_PUBLIC_KEY.</summary>
    DsaPublicKey = 0xA000_0031,

    /// <summary>TEE_TYPE_DSA_KEYPAIR.</summary>
    DsaKeyPair = 0xA100_0031,

    /// <summary>TEE_TYPE_DH_KEYPAIR.</summary>
    DhKeyPair = 0xA100_0032,

    /// <summary>TEE_TYPE_ECDSA_PUBLIC_KEY.</summary>
    EcdsaPublicKey = 0xA000_0041,

    /// <summary>TEE_TYPE_ECDSA_KEYPAIR.</summary>
    EcdsaKeyPair = 0xA100_0041,

    /// <summary>TEE_TYPE_ECDH_PUBLIC_KEY.</summary>
    EcdhPublicKey = 0xA000_0042,

    /// <summary>TEE_TYPE_ECDH_KEYPAIR.</summary>
    EcdhKeyPair = 0xA100_0042,

    /// <summary>TEE_TYPE_ED25519_PUBLIC_KEY.</summary>
    Ed25519PublicKey = 0xA000_0043,

    /// <summary>TEE_TYPE_ED25519_KEYPAIR.</summary>
    Ed25519KeyPair = 0xA100_0043,

    /// <summary>TEE_TYPE_X25519_PUBLIC_KEY.</summary>
    X25519PublicKey = 0xA000_0044,

    /// <summary>TEE_TYPE_X25519_KEYPAIR.</summary>
    X25519KeyPair = 0xA100_0044,

    /// <summary>TEE_TYPE_SM2_DSA_PUBLIC_KEY.</summary>
    Sm2DsaPublicKey = 0xA000_0045,

    /// <summary>TEE_TYPE_SM2_DSA_KEYPAIR.</summary>
    Sm2DsaKeyPair = 0xA100_0045,

    /// <summary>TEE_TYPE_SM2_KEP_PUBLIC_KEY.</summary>
    Sm2KepPublicKey = 0xA000_0046,

    /// <summary>TEE_TYPE_SM2_KEP_KEYPAIR.</summary>
    Sm2KepKeyPair = 0xA100_0046,

    /// <summary>TEE_TYPE_SM2_PKE_PUBLIC_KEY.</summary>
    Sm2PkePublicKey = 0xA000_0047,

    /// <summary>TEE_TYPE_SM2_PKE_KEYPAIR.</summary>
    Sm2PkeKeyPair = 0xA100_0047,

    /// <summary>TEE_TYPE_ED448_PUBLIC_KEY.</summary>
    Ed448PublicKey = 0xA000_0048,

    /// <summary>TEE_TYPE_ED448_KEYPAIR.</summary>
    Ed448KeyPair = 0xA100_0048,

    /// <summary>TEE_TYPE_X448_PUBLIC_KEY.</summary>
    X448PublicKey = 0xA000_0049,

    /// <summary>TEE_TYPE_X448_KEYPAIR.</summary>
    X448KeyPair = 0xA100_0049,

    /// <summary>TEE_TYPE_HKDF_IKM, an extension of OP-TEE.</summary>
    HkdfIkm = 0xA100_00C0,

    /// <summary>TEE_TYPE_CONCAT_KDF_Z, an extension of OP-TEE.</summary>
    ConcatKdfZ = 0xA100_00C1,

    /// <summary>TEE_TYPE_PBKDF2_PASSWORD, an extension of OP-TEE.</summary>
    Pbkdf2Password = 0xA100_00C2,
}

/// <summary>TEE_USAGE_*: what an object may be used for (GPD_SPE_010 table 5-4).</summary>
[Flags]
public enum KeyUsage : uint
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>TEE_USAGE_EXTRACTABLE: its secret attributes may be read.</summary>
    Extractable = 1 << 0,

    /// <summary>TEE_USAGE_ENCRYPT.</summary>
    Encrypt = 1 << 1,

    /// <summary>TEE_USAGE_DECRYPT.</summary>
    Decrypt = 1 << 2,

    /// <summary>TEE_USAGE_MAC.</summary>
    Mac = 1 << 3,

    /// <summary>TEE_USAGE_SIGN.</summary>
    Sign = 1 << 4,

    /// <summary>TEE_USAGE_VERIFY.</summary>
    Verify = 1 << 5,

    /// <summary>TEE_USAGE_DERIVE.</summary>
    Derive = 1 << 6,

    /// <summary>Everything: what an object starts with.</summary>
    All = 0xFFFF_FFFF,
}

/// <summary>TEE_HANDLE_FLAG_*: the state of an object or an operation (GPD_SPE_010 table 5-5).</summary>
[Flags]
public enum HandleState : uint
{
    /// <summary>None of them.</summary>
    None = 0,

    /// <summary>TEE_HANDLE_FLAG_INITIALIZED: an object has its attributes, an operation has begun.</summary>
    Initialized = 0x0002_0000,

    /// <summary>TEE_HANDLE_FLAG_KEY_SET: the operation has its key, or needs none.</summary>
    KeySet = 0x0004_0000,

    /// <summary>TEE_HANDLE_FLAG_EXPECT_TWO_KEYS.</summary>
    ExpectTwoKeys = 0x0008_0000,

    /// <summary>TEE_HANDLE_FLAG_EXTRACTING: part of a digest has been told.</summary>
    Extracting = 0x0010_0000,
}

/// <summary>TEE_ObjectInfo (GPD_SPE_010 section 5.4.1).</summary>
/// <param name="Type">objectType.</param>
/// <param name="Size">objectSize in bits; 0 without attributes.</param>
/// <param name="MaxSize">maxObjectSize in bits.</param>
/// <param name="Usage">objectUsage.</param>
/// <param name="State">handleFlags.</param>
public readonly record struct TeeObjectInfo(ObjectType Type, int Size, int MaxSize, KeyUsage Usage, HandleState State);

/// <summary>TEE_OperationInfo (GPD_SPE_010 section 6.1.1).</summary>
/// <param name="Algorithm">algorithm.</param>
/// <param name="Class">operationClass.</param>
/// <param name="Mode">mode.</param>
/// <param name="DigestLength">digestLength in bytes; 0 where there is none.</param>
/// <param name="MaxKeySize">maxKeySize in bits.</param>
/// <param name="KeySize">keySize in bits; 0 without a key.</param>
/// <param name="RequiredKeyUsage">requiredKeyUsage.</param>
/// <param name="State">handleState.</param>
public readonly record struct TeeOperationInfo(
    TeeAlgorithm Algorithm, OperationClass Class, OperationMode Mode, int DigestLength, int MaxKeySize, int KeySize, KeyUsage RequiredKeyUsage, HandleState State);

/// <summary>TEE_OperationInfoKey (GPD_SPE_010 section 6.1.2).</summary>
/// <param name="KeySize">keySize in bits; 0 without a key.</param>
/// <param name="RequiredKeyUsage">requiredKeyUsage.</param>
public readonly record struct TeeOperationKeyInfo(int KeySize, KeyUsage RequiredKeyUsage);

/// <summary>TEE_OPERATION_STATE_* (GPD_SPE_010 table 5-7).</summary>
public enum OperationState
{
    /// <summary>TEE_OPERATION_STATE_INITIAL: nothing has been fed to it.</summary>
    Initial = 0,

    /// <summary>TEE_OPERATION_STATE_ACTIVE: it has begun.</summary>
    Active = 1,

    /// <summary>TEE_OPERATION_STATE_EXTRACTING: part of a digest has been told.</summary>
    Extracting = 2,
}
