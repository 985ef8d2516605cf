namespace RestrictedTee.Sdk;

/// <summary>
/// TEE_Result: the outcome of a request (GPD_SPE_010 v1.3.1 section 3.3.1; lib/libutee/include/tee_api_defines.h).
/// A trusted application may also answer with numbers of its own; the specification keeps 0x0–0xEFFFFFFF free for them.
/// </summary>
public enum TeeResult : uint
{
    /// <summary>TEE_SUCCESS.</summary>
    Success = 0,

    /// <summary>TEE_ERROR_CORRUPT_OBJECT.</summary>
    CorruptObject = 0xF0100001,

    /// <summary>TEE_ERROR_STORAGE_NOT_AVAILABLE.</summary>
    StorageNotAvailable = 0xF0100003,

    /// <summary>TEE_ERROR_CIPHERTEXT_INVALID: there is nothing that the ciphertext could be of.</summary>
    CiphertextInvalid = 0xF0100006,

    /// <summary>TEE_ISOCKET_ERROR_PROTOCOL: an error of the protocol, which is told beside it (GPD_SPE_100).</summary>
    SocketProtocol = 0xF1007001,

    /// <summary>TEE_ISOCKET_ERROR_REMOTE_CLOSED: the peer has closed the connection.</summary>
    SocketRemoteClosed = 0xF1007002,

    /// <summary>TEE_ISOCKET_ERROR_TIMEOUT: the time was up.</summary>
    SocketTimeout = 0xF1007003,

    /// <summary>TEE_ISOCKET_ERROR_OUT_OF_RESOURCES: there is no socket to be had.</summary>
    SocketOutOfResources = 0xF1007004,

    /// <summary>TEE_ISOCKET_ERROR_LARGE_BUFFER: more than the protocol sends in one piece.</summary>
    SocketLargeBuffer = 0xF1007005,

    /// <summary>TEE_ISOCKET_WARNING_PROTOCOL: a warning of the protocol, which is told beside it.</summary>
    SocketProtocolWarning = 0xF1007006,

    /// <summary>TEE_ISOCKET_ERROR_HOSTNAME: the name is none of a host; an error of the protocol.</summary>
    SocketHostName = 0xF1007007,

    /// <summary>TEE_ISOCKET_TCP_WARNING_UNKNOWN_OUT_OF_BAND: a warning of TCP (GPD_SPE_101).</summary>
    SocketTcpOutOfBand = 0xF1010002,

    /// <summary>TEE_ISOCKET_UDP_WARNING_UNKNOWN_OUT_OF_BAND: a warning of UDP (GPD_SPE_103).</summary>
    SocketUdpOutOfBand = 0xF1020002,

    /// <summary>TEE_ERROR_GENERIC.</summary>
    Generic = 0xFFFF0000,

    /// <summary>TEE_ERROR_ACCESS_DENIED.</summary>
    AccessDenied = 0xFFFF0001,

    /// <summary>TEE_ERROR_CANCEL: the operation was cancelled.</summary>
    Cancel = 0xFFFF0002,

    /// <summary>TEE_ERROR_ACCESS_CONFLICT.</summary>
    AccessConflict = 0xFFFF0003,

    /// <summary>TEE_ERROR_EXCESS_DATA.</summary>
    ExcessData = 0xFFFF0004,

    /// <summary>TEE_ERROR_BAD_FORMAT.</summary>
    BadFormat = 0xFFFF0005,

    /// <summary>TEE_ERROR_BAD_PARAMETERS.</summary>
    BadParameters = 0xFFFF0006,

    /// <summary>TEE_ERROR_BAD_STATE.</summary>
    BadState = 0xFFFF0007,

    /// <summary>TEE_ERROR_ITEM_NOT_FOUND.</summary>
    ItemNotFound = 0xFFFF0008,

    /// <summary>TEE_ERROR_NOT_IMPLEMENTED.</summary>
    NotImplemented = 0xFFFF0009,

    /// <summary>TEE_ERROR_NOT_SUPPORTED.</summary>
    NotSupported = 0xFFFF000A,

    /// <summary>TEE_ERROR_NO_DATA.</summary>
    NoData = 0xFFFF000B,

    /// <summary>TEE_ERROR_OUT_OF_MEMORY.</summary>
    OutOfMemory = 0xFFFF000C,

    /// <summary>TEE_ERROR_BUSY.</summary>
    Busy = 0xFFFF000D,

    /// <summary>TEE_ERROR_COMMUNICATION.</summary>
    Communication = 0xFFFF000E,

    /// <summary>TEE_ERROR_SECURITY.</summary>
    Security = 0xFFFF000F,

    /// <summary>TEE_ERROR_SHORT_BUFFER: the buffer is too small; its size field says what is needed.</summary>
    ShortBuffer = 0xFFFF0010,

    /// <summary>TEE_ERROR_EXTERNAL_CANCEL.</summary>
    ExternalCancel = 0xFFFF0011,

    /// <summary>TEE_ERROR_TIMEOUT.</summary>
    Timeout = 0xFFFF3001,

    /// <summary>TEE_ERROR_OVERFLOW.</summary>
    Overflow = 0xFFFF300F,

    /// <summary>TEE_ERROR_TARGET_DEAD: the trusted application has panicked.</summary>
    TargetDead = 0xFFFF3024,

    /// <summary>TEE_ERROR_STORAGE_NO_SPACE.</summary>
    StorageNoSpace = 0xFFFF3041,

    /// <summary>TEE_ERROR_MAC_INVALID.</summary>
    MacInvalid = 0xFFFF3071,

    /// <summary>TEE_ERROR_SIGNATURE_INVALID.</summary>
    SignatureInvalid = 0xFFFF3072,

    /// <summary>TEE_ERROR_TIME_NOT_SET.</summary>
    TimeNotSet = 0xFFFF5000,

    /// <summary>TEE_ERROR_TIME_NEEDS_RESET.</summary>
    TimeNeedsReset = 0xFFFF5001,
}

/// <summary>TEE_ORIGIN_*: which layer a result comes from.</summary>
public enum TeeOrigin : uint
{
    /// <summary>TEE_ORIGIN_API: the client API's own checks.</summary>
    Api = 1,

    /// <summary>TEE_ORIGIN_COMMS: the way between the worlds.</summary>
    Comms = 2,

    /// <summary>TEE_ORIGIN_TEE: the TEE.</summary>
    Tee = 3,

    /// <summary>TEE_ORIGIN_TRUSTED_APP: the trusted application.</summary>
    TrustedApp = 4,
}

/// <summary>
/// An outcome other than success, thrown. A trusted application may throw it in place of returning the code; the calls of
/// this SDK throw it too.
/// </summary>
public sealed class TeeException : Exception
{
    /// <summary>With a result and where it came from.</summary>
    public TeeException(TeeResult result, TeeOrigin origin = TeeOrigin.TrustedApp)
        : base($"{result} (0x{(uint)result:x8})") => (Result, Origin) = (result, origin);

    /// <summary>With a result and words for the secure log. Never put keys or content into them.</summary>
    public TeeException(TeeResult result, string message, TeeOrigin origin = TeeOrigin.TrustedApp)
        : base(message)
    {
        Result = result;
        Origin = origin;
        HasWords = true;
    }

    /// <summary>What the client gets.</summary>
    public TeeResult Result { get; }

    /// <summary>The layer that said so.</summary>
    public TeeOrigin Origin { get; }

    /// <summary>Whether the message is words for the secure log, and not just the result once more.</summary>
    internal bool HasWords { get; }
}
