namespace RestrictedTee.Sdk;

/// <summary>TRACE_LEVEL of OP-TEE.</summary>
public enum TraceLevel
{
    /// <summary>EMSG.</summary>
    Error = 1,

    /// <summary>IMSG.</summary>
    Info = 2,

    /// <summary>DMSG.</summary>
    Debug = 3,
}
