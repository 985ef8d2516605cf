namespace RestrictedTee.Sdk;

/// <summary>
/// The numbers of system calls (TEE_SCN_*, OP-TEE/optee_os lib/libutee/include/tee_syscall_numbers.h; from 256 on this project's own). What each
/// takes and gives is told in the table that the kernel's dispatch is made of (<c>rtee abi tee</c>); how the SDK makes them, in <see cref="Utee"/>.
/// </summary>
internal enum SystemCall : uint
{
    /// <summary>TEE_SCN_LOG.</summary>
    Log = 1,

    /// <summary>TEE_SCN_PANIC.</summary>
    Panic = 2,

    /// <summary>TEE_SCN_GET_PROPERTY.</summary>
    GetProperty = 3,

    /// <summary>TEE_SCN_GET_PROPERTY_NAME_TO_INDEX.</summary>
    GetPropertyNameToIndex = 4,

    /// <summary>TEE_SCN_OPEN_TA_SESSION.</summary>
    OpenTaSession = 5,

    /// <summary>TEE_SCN_CLOSE_TA_SESSION.</summary>
    CloseTaSession = 6,

    /// <summary>TEE_SCN_INVOKE_TA_COMMAND.</summary>
    InvokeTaCommand = 7,

    /// <summary>TEE_SCN_CHECK_ACCESS_RIGHTS.</summary>
    CheckAccessRights = 8,

    /// <summary>TEE_SCN_GET_CANCELLATION_FLAG.</summary>
    GetCancellationFlag = 9,

    /// <summary>TEE_SCN_UNMASK_CANCELLATION.</summary>
    UnmaskCancellation = 10,

    /// <summary>TEE_SCN_MASK_CANCELLATION.</summary>
    MaskCancellation = 11,

    /// <summary>TEE_SCN_WAIT.</summary>
    Wait = 12,

    /// <summary>TEE_SCN_GET_TIME.</summary>
    GetTime = 13,

    /// <summary>TEE_SCN_SET_TA_TIME.</summary>
    SetTaTime = 14,

    /// <summary>TEE_SCN_CRYP_STATE_ALLOC.</summary>
    CrypStateAlloc = 15,

    /// <summary>TEE_SCN_CRYP_STATE_COPY.</summary>
    CrypStateCopy = 16,

    /// <summary>TEE_SCN_CRYP_STATE_FREE.</summary>
    CrypStateFree = 17,

    /// <summary>TEE_SCN_HASH_INIT.</summary>
    HashInit = 18,

    /// <summary>TEE_SCN_HASH_UPDATE.</summary>
    HashUpdate = 19,

    /// <summary>TEE_SCN_HASH_FINAL.</summary>
    HashFinal = 20,

    /// <summary>TEE_SCN_CIPHER_INIT.</summary>
    CipherInit = 21,

    /// <summary>TEE_SCN_CIPHER_UPDATE.</summary>
    CipherUpdate = 22,

    /// <summary>TEE_SCN_CIPHER_FINAL.</summary>
    CipherFinal = 23,

    /// <summary>TEE_SCN_CRYP_OBJ_GET_INFO.</summary>
    CrypObjGetInfo = 24,

    /// <summary>TEE_SCN_CRYP_OBJ_RESTRICT_USAGE.</summary>
    CrypObjRestrictUsage = 25,

    /// <summary>TEE_SCN_CRYP_OBJ_GET_ATTR.</summary>
    CrypObjGetAttr = 26,

    /// <summary>TEE_SCN_CRYP_OBJ_ALLOC.</summary>
    CrypObjAlloc = 27,

    /// <summary>TEE_SCN_CRYP_OBJ_CLOSE.</summary>
    CrypObjClose = 28,

    /// <summary>TEE_SCN_CRYP_OBJ_RESET.</summary>
    CrypObjReset = 29,

    /// <summary>TEE_SCN_CRYP_OBJ_POPULATE.</summary>
    CrypObjPopulate = 30,

    /// <summary>TEE_SCN_CRYP_OBJ_COPY.</summary>
    CrypObjCopy = 31,

    /// <summary>TEE_SCN_CRYP_DERIVE_KEY.</summary>
    CrypDeriveKey = 32,

    /// <summary>TEE_SCN_CRYP_RANDOM_NUMBER_GENERATE.</summary>
    CrypRandomNumberGenerate = 33,

    /// <summary>TEE_SCN_AUTHENC_INIT.</summary>
    AuthencInit = 34,

    /// <summary>TEE_SCN_AUTHENC_UPDATE_AAD.</summary>
    AuthencUpdateAad = 35,

    /// <summary>TEE_SCN_AUTHENC_UPDATE_PAYLOAD.</summary>
    AuthencUpdatePayload = 36,

    /// <summary>TEE_SCN_AUTHENC_ENC_FINAL.</summary>
    AuthencEncFinal = 37,

    /// <summary>TEE_SCN_AUTHENC_DEC_FINAL.</summary>
    AuthencDecFinal = 38,

    /// <summary>TEE_SCN_ASYMM_OPERATE.</summary>
    AsymmOperate = 39,

    /// <summary>TEE_SCN_ASYMM_VERIFY.</summary>
    AsymmVerify = 40,

    /// <summary>TEE_SCN_CRYP_OBJ_GENERATE_KEY.</summary>
    CrypObjGenerateKey = 54,

    /// <summary>TEE_SCN_CACHE_OPERATION.</summary>
    CacheOperation = 70,

    /// <summary>RTEE_SCN_HASH_EXTRACT.</summary>
    HashExtract = 256,

    /// <summary>RTEE_SCN_ALGORITHM_SUPPORTED.</summary>
    AlgorithmSupported = 257,

    /// <summary>RTEE_SCN_MEMORY_ALLOC.</summary>
    MemoryAlloc = 258,

    /// <summary>RTEE_SCN_MEMORY_FREE.</summary>
    MemoryFree = 259,

    /// <summary>RTEE_SCN_RESTRICTED_CLAIM.</summary>
    RestrictedClaim = 260,

    /// <summary>RTEE_SCN_RESTRICTED_LABEL.</summary>
    RestrictedLabel = 261,
}
