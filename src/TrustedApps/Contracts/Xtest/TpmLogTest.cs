namespace RestrictedTee.Contracts;

/// <summary>The tpm_log_test TA (optee_test ta/tpm_log_test/include/ta_tpm_log_test.h): asks the system pseudo TA for the firmware's event log.</summary>
/// <remarks>
/// What it tells: whether there is one. No parameters are looked at.
/// </remarks>
public static class TpmLogTest
{
    /// <summary>TA_TPM_LOG_TEST_UUID.</summary>
    public const string UuidText = "ee90d523-90ad-46a0-859d-8eea0b150086";

    /// <summary>Reads the log, and looks at its header. ACCESS_DENIED: there is none.</summary>
    public const uint CommandGetLog = 1;

    /// <summary>Asks for it with too little room. GENERIC: that was not what came of it.</summary>
    public const uint CommandShortBuffer = 2;

    /// <summary>The UUID.</summary>
    public static readonly Guid Uuid = new(UuidText);
}
