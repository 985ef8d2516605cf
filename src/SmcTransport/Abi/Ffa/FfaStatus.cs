namespace RestrictedTee.SmcTransport.Abi.Ffa;

/// <summary>Status of an FF-A call, in w2 of FFA_ERROR (DEN0077A 1.2, table 13.2).</summary>
public enum FfaStatus
{
    /// <summary>SUCCESS: never sent, FFA_SUCCESS says it.</summary>
    Success = 0,

    /// <summary>NOT_SUPPORTED: not implemented at this instance. FFA_VERSION returns it in w0.</summary>
    NotSupported = -1,

    /// <summary>INVALID_PARAMETERS.</summary>
    InvalidParameters = -2,

    /// <summary>NO_MEMORY.</summary>
    NoMemory = -3,

    /// <summary>BUSY.</summary>
    Busy = -4,

    /// <summary>INTERRUPTED.</summary>
    Interrupted = -5,

    /// <summary>DENIED: the callee is not in a state to do it, or the caller may not ask.</summary>
    Denied = -6,

    /// <summary>RETRY.</summary>
    Retry = -7,

    /// <summary>ABORTED: the receiver, or the transmission of a descriptor, came to a bad end.</summary>
    Aborted = -8,

    /// <summary>NO_DATA.</summary>
    NoData = -9,
}
