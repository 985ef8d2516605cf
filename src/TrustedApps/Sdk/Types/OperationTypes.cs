namespace RestrictedTee.Sdk;

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

    /// <summary>TEE_OPERATION_ASYMMETRIC_CIPHER.</summary>
    AsymmetricCipher = 6,

    /// <summary>TEE_OPERATION_ASYMMETRIC_SIGNATURE.</summary>
    AsymmetricSignature = 7,

    /// <summary>TEE_OPERATION_KEY_DERIVATION.</summary>
    KeyDerivation = 8,
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
