namespace RestrictedTee.Sdk;

/// <summary>TEE_Time.</summary>
/// <param name="Seconds">Seconds.</param>
/// <param name="Millis">Milliseconds, below 1000.</param>
public readonly record struct TeeTime(uint Seconds, uint Millis);

/// <summary>Whose time (enum utee_time_category, OP-TEE/optee_os lib/libutee/include/utee_types.h).</summary>
internal enum TimeCategory : uint
{
    /// <summary>UTEE_TIME_CAT_SYSTEM.</summary>
    System = 0,

    /// <summary>UTEE_TIME_CAT_TA_PERSISTENT.</summary>
    TaPersistent = 1,

    /// <summary>UTEE_TIME_CAT_REE.</summary>
    Ree = 2,
}
