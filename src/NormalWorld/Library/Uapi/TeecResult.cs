namespace RestrictedTee.NormalWorld.Uapi;

/// <summary>
/// TEEC_Result (GPD_SPE_007 v1.0 section 4.4.2; libteec's tee_client_api.h). The TEE's own codes share the numbers, and a TA may
/// answer with numbers of its own.
/// </summary>
public enum TeecResult : uint
{
    /// <summary>TEEC_SUCCESS.</summary>
    Success = 0,

    /// <summary>TEEC_ERROR_STORAGE_NOT_AVAILABLE.</summary>
    StorageNotAvailable = 0xF0100003,

    /// <summary>TEEC_ERROR_GENERIC.</summary>
    Generic = 0xFFFF0000,

    /// <summary>TEEC_ERROR_ACCESS_DENIED.</summary>
    AccessDenied = 0xFFFF0001,

    /// <summary>TEEC_ERROR_CANCEL.</summary>
    Cancel = 0xFFFF0002,

    /// <summary>TEEC_ERROR_ACCESS_CONFLICT.</summary>
    AccessConflict = 0xFFFF0003,

    /// <summary>TEEC_ERROR_EXCESS_DATA.</summary>
    ExcessData = 0xFFFF0004,

    /// <summary>TEEC_ERROR_BAD_FORMAT.</summary>
    BadFormat = 0xFFFF0005,

    /// <summary>TEEC_ERROR_BAD_PARAMETERS.</summary>
    BadParameters = 0xFFFF0006,

    /// <summary>TEEC_ERROR_BAD_STATE.</summary>
    BadState = 0xFFFF0007,

    /// <summary>TEEC_ERROR_ITEM_NOT_FOUND.</summary>
    ItemNotFound = 0xFFFF0008,

    /// <summary>TEEC_ERROR_NOT_IMPLEMENTED.</summary>
    NotImplemented = 0xFFFF0009,

    /// <summary>TEEC_ERROR_NOT_SUPPORTED.</summary>
    NotSupported = 0xFFFF000A,

    /// <summary>TEEC_ERROR_NO_DATA.</summary>
    NoData = 0xFFFF000B,

    /// <summary>TEEC_ERROR_OUT_OF_MEMORY.</summary>
    OutOfMemory = 0xFFFF000C,

    /// <summary>TEEC_ERROR_BUSY.</summary>
    Busy = 0xFFFF000D,

    /// <summary>TEEC_ERROR_COMMUNICATION: the TEE could not be reached, or has gone.</summary>
    Communication = 0xFFFF000E,

    /// <summary>TEEC_ERROR_SECURITY.</summary>
    Security = 0xFFFF000F,

    /// <summary>TEEC_ERROR_SHORT_BUFFER.</summary>
    ShortBuffer = 0xFFFF0010,

    /// <summary>TEEC_ERROR_EXTERNAL_CANCEL.</summary>
    ExternalCancel = 0xFFFF0011,

    /// <summary>TEE_ERROR_TIMEOUT.</summary>
    Timeout = 0xFFFF3001,

    /// <summary>TEE_ERROR_OVERFLOW.</summary>
    Overflow = 0xFFFF300F,

    /// <summary>TEEC_ERROR_TARGET_DEAD: the trusted application has panicked.</summary>
    TargetDead = 0xFFFF3024,

    /// <summary>TEE_ERROR_MAC_INVALID (GPD_SPE_010): a tag that does not verify.</summary>
    MacInvalid = 0xFFFF3071,

    /// <summary>TEE_ERROR_SIGNATURE_INVALID (GPD_SPE_010): a signature that does not verify.</summary>
    SignatureInvalid = 0xFFFF3072,
}

/// <summary>TEEC_ORIGIN_*.</summary>
public enum TeecOrigin : uint
{
    /// <summary>TEEC_ORIGIN_API.</summary>
    Api = 1,

    /// <summary>TEEC_ORIGIN_COMMS.</summary>
    Comms = 2,

    /// <summary>TEEC_ORIGIN_TEE.</summary>
    Tee = 3,

    /// <summary>TEEC_ORIGIN_TRUSTED_APP.</summary>
    TrustedApp = 4,
}

/// <summary>TEEC_LOGIN_*.</summary>
public enum TeecLogin : uint
{
    /// <summary>TEEC_LOGIN_PUBLIC: no identity.</summary>
    Public = 0,

    /// <summary>TEEC_LOGIN_USER: the effective user of the process.</summary>
    User = 1,

    /// <summary>TEEC_LOGIN_GROUP: a group that the process is in.</summary>
    Group = 2,

    /// <summary>TEEC_LOGIN_APPLICATION. The driver knows no application identities and answers EINVAL, as Linux does.</summary>
    Application = 4,

    /// <summary>TEEC_LOGIN_USER_APPLICATION; as above.</summary>
    UserApplication = 5,

    /// <summary>TEEC_LOGIN_GROUP_APPLICATION; as above.</summary>
    GroupApplication = 6,
}
