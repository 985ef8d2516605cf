namespace RestrictedTee.Sdk;

/// <summary>TEE_ATTR_*: a part of an object (GPD_SPE_010 table 6-15).</summary>
public enum AttributeId : uint
{
    /// <summary>TEE_ATTR_SECRET_VALUE.</summary>
    SecretValue = 0xC000_0000,

    /// <summary>TEE_ATTR_RSA_MODULUS.</summary>
    RsaModulus = 0xD000_0130,

    /// <summary>TEE_ATTR_RSA_PUBLIC_EXPONENT.</summary>
    RsaPublicExponent = 0xD000_0230,

    /// <summary>TEE_ATTR_RSA_PRIVATE_EXPONENT.</summary>
    RsaPrivateExponent = 0xC000_0330,

    /// <summary>TEE_ATTR_RSA_PRIME1.</summary>
    RsaPrime1 = 0xC000_0430,

    /// <summary>TEE_ATTR_RSA_PRIME2.</summary>
    RsaPrime2 = 0xC000_0530,

    /// <summary>TEE_ATTR_RSA_EXPONENT1.</summary>
    RsaExponent1 = 0xC000_0630,

    /// <summary>TEE_ATTR_RSA_EXPONENT2.</summary>
    RsaExponent2 = 0xC000_0730,

    /// <summary>TEE_ATTR_RSA_COEFFICIENT.</summary>
    RsaCoefficient = 0xC000_0830,

    /// <summary>TEE_ATTR_RSA_OAEP_LABEL.</summary>
    RsaOaepLabel = 0xD000_0930,

    /// <summary>TEE_ATTR_RSA_OAEP_MGF_HASH.</summary>
    RsaOaepMgfHash = 0xD000_0931,

    /// <summary>TEE_ATTR_RSA_PSS_SALT_LENGTH.</summary>
    RsaPssSaltLength = 0xF000_0A30,

    /// <summary>TEE_ATTR_DSA_PRIME.</summary>
    DsaPrime = 0xD000_1031,

    /// <summary>TEE_ATTR_DSA_SUBPRIME.</summary>
    DsaSubprime = 0xD000_1131,

    /// <summary>TEE_ATTR_DSA_BASE.</summary>
    DsaBase = 0xD000_1231,

    /// <summary>TEE_ATTR_DSA_PUBLIC_VALUE.</summary>
    DsaPublicValue = 0xD000_0131,

    /// <summary>TEE_ATTR_DSA_PRIVATE_VALUE.</summary>
    DsaPrivateValue = 0xC000_0231,

    /// <summary>TEE_ATTR_DH_PRIME.</summary>
    DhPrime = 0xD000_1032,

    /// <summary>TEE_ATTR_DH_SUBPRIME.</summary>
    DhSubprime = 0xD000_1132,

    /// <summary>TEE_ATTR_DH_BASE.</summary>
    DhBase = 0xD000_1232,

    /// <summary>TEE_ATTR_DH_X_BITS.</summary>
    DhXBits = 0xF000_1332,

    /// <summary>TEE_ATTR_DH_PUBLIC_VALUE.</summary>
    DhPublicValue = 0xD000_0132,

    /// <summary>TEE_ATTR_DH_PRIVATE_VALUE.</summary>
    DhPrivateValue = 0xC000_0232,

    /// <summary>TEE_ATTR_ECC_PUBLIC_VALUE_X.</summary>
    EccPublicValueX = 0xD000_0141,

    /// <summary>TEE_ATTR_ECC_PUBLIC_VALUE_Y.</summary>
    EccPublicValueY = 0xD000_0241,

    /// <summary>TEE_ATTR_ECC_PRIVATE_VALUE.</summary>
    EccPrivateValue = 0xC000_0341,

    /// <summary>TEE_ATTR_ECC_CURVE.</summary>
    EccCurve = 0xF000_0441,

    /// <summary>TEE_ATTR_ECC_EPHEMERAL_PUBLIC_VALUE_X.</summary>
    EccEphemeralPublicValueX = 0xD000_0146,

    /// <summary>TEE_ATTR_ECC_EPHEMERAL_PUBLIC_VALUE_Y.</summary>
    EccEphemeralPublicValueY = 0xD000_0246,

    /// <summary>TEE_ATTR_SM2_ID_INITIATOR.</summary>
    Sm2IdInitiator = 0xD000_0446,

    /// <summary>TEE_ATTR_SM2_ID_RESPONDER.</summary>
    Sm2IdResponder = 0xD000_0546,

    /// <summary>TEE_ATTR_SM2_KEP_USER.</summary>
    Sm2KepUser = 0xF000_0646,

    /// <summary>TEE_ATTR_SM2_KEP_CONFIRMATION_IN.</summary>
    Sm2KepConfirmationIn = 0xD000_0746,

    /// <summary>TEE_ATTR_SM2_KEP_CONFIRMATION_OUT.</summary>
    Sm2KepConfirmationOut = 0xD000_0846,

    /// <summary>TEE_ATTR_EDDSA_PREHASH.</summary>
    EddsaPrehash = 0xF000_0004,

    /// <summary>TEE_ATTR_EDDSA_CTX.</summary>
    EddsaContext = 0xD000_0643,

    /// <summary>TEE_ATTR_ED25519_PUBLIC_VALUE.</summary>
    Ed25519PublicValue = 0xD000_0743,

    /// <summary>TEE_ATTR_ED25519_PRIVATE_VALUE.</summary>
    Ed25519PrivateValue = 0xC000_0843,

    /// <summary>TEE_ATTR_ED448_PUBLIC_VALUE.</summary>
    Ed448PublicValue = 0xD000_0002,

    /// <summary>TEE_ATTR_ED448_PRIVATE_VALUE.</summary>
    Ed448PrivateValue = 0xC000_0003,

    /// <summary>TEE_ATTR_X25519_PUBLIC_VALUE.</summary>
    X25519PublicValue = 0xD000_0944,

    /// <summary>TEE_ATTR_X25519_PRIVATE_VALUE.</summary>
    X25519PrivateValue = 0xC000_0A44,

    /// <summary>TEE_ATTR_X448_PUBLIC_VALUE.</summary>
    X448PublicValue = 0xD000_0A45,

    /// <summary>TEE_ATTR_X448_PRIVATE_VALUE.</summary>
    X448PrivateValue = 0xC000_0A46,

    /// <summary>TEE_ATTR_HKDF_SALT.</summary>
    HkdfSalt = 0xD000_0946,

    /// <summary>TEE_ATTR_HKDF_INFO.</summary>
    HkdfInfo = 0xD000_0A46,

    /// <summary>TEE_ATTR_HKDF_HASH_ALGORITHM.</summary>
    HkdfHashAlgorithm = 0xF000_0B46,

    /// <summary>TEE_ATTR_KDF_KEY_SIZE.</summary>
    KdfKeySize = 0xF000_0C46,

    /// <summary>TEE_ATTR_HKDF_IKM, as OP-TEE has it.</summary>
    HkdfIkm = 0xC000_01C0,

    /// <summary>TEE_ATTR_HKDF_SALT, as OP-TEE has it.</summary>
    HkdfSaltExtension = 0xD000_02C0,

    /// <summary>TEE_ATTR_HKDF_INFO, as OP-TEE has it.</summary>
    HkdfInfoExtension = 0xD000_03C0,

    /// <summary>TEE_ATTR_HKDF_OKM_LENGTH, as OP-TEE has it.</summary>
    HkdfOkmLength = 0xF000_04C0,

    /// <summary>TEE_ATTR_CONCAT_KDF_Z, as OP-TEE has it.</summary>
    ConcatKdfZ = 0xC000_01C1,

    /// <summary>TEE_ATTR_CONCAT_KDF_OTHER_INFO, as OP-TEE has it.</summary>
    ConcatKdfOtherInfo = 0xD000_02C1,

    /// <summary>TEE_ATTR_CONCAT_KDF_DKM_LENGTH, as OP-TEE has it.</summary>
    ConcatKdfDkmLength = 0xF000_03C1,

    /// <summary>TEE_ATTR_PBKDF2_PASSWORD, as OP-TEE has it.</summary>
    Pbkdf2Password = 0xC000_01C2,

    /// <summary>TEE_ATTR_PBKDF2_SALT, as OP-TEE has it.</summary>
    Pbkdf2Salt = 0xD000_02C2,

    /// <summary>TEE_ATTR_PBKDF2_ITERATION_COUNT, as OP-TEE has it.</summary>
    Pbkdf2IterationCount = 0xF000_03C2,

    /// <summary>TEE_ATTR_PBKDF2_DKM_LENGTH, as OP-TEE has it.</summary>
    Pbkdf2DkmLength = 0xF000_04C2,
}

/// <summary>TEE_ECC_CURVE_*: the curve of a key, or of an algorithm (GPD_SPE_010 table 6-14).</summary>
public enum EccCurve : uint
{
    /// <summary>TEE_CRYPTO_ELEMENT_NONE.</summary>
    None = 0,

    /// <summary>TEE_ECC_CURVE_NIST_P192.</summary>
    NistP192 = 1,

    /// <summary>TEE_ECC_CURVE_NIST_P224.</summary>
    NistP224 = 2,

    /// <summary>TEE_ECC_CURVE_NIST_P256.</summary>
    NistP256 = 3,

    /// <summary>TEE_ECC_CURVE_NIST_P384.</summary>
    NistP384 = 4,

    /// <summary>TEE_ECC_CURVE_NIST_P521.</summary>
    NistP521 = 5,

    /// <summary>TEE_ECC_CURVE_25519.</summary>
    Curve25519 = 0x300,

    /// <summary>TEE_ECC_CURVE_448.</summary>
    Curve448 = 0x301,

    /// <summary>TEE_ECC_CURVE_SM2.</summary>
    Sm2 = 0x400,
}
