namespace RestrictedTee.Contracts;

/// <summary>The large TA (optee_test ta/large): more data than others have. Every command is TEE_ERROR_GENERIC.</summary>
/// <remarks>
/// What it tells: nothing.
/// </remarks>
public static class Large
{
    /// <summary>TA_LARGE_UUID.</summary>
    public const string UuidText = "25497083-a58a-4fc5-8a72-1ad7b69b8562";

    /// <summary>The UUID.</summary>
    public static readonly Guid Uuid = new(UuidText);
}
