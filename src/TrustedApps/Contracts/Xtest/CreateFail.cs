namespace RestrictedTee.Contracts;

/// <summary>A TA whose Create always fails with TEE_ERROR_GENERIC (optee_test ta/create_fail_test).</summary>
/// <remarks>
/// What it tells: that it fails.
/// </remarks>
public static class CreateFail
{
    /// <summary>TA_CREATE_FAIL_TEST_UUID.</summary>
    public const string UuidText = "c3f6e2c0-3548-11e1-b86c-0800200c9a66";

    /// <summary>The UUID.</summary>
    public static readonly Guid Uuid = new(UuidText);
}
