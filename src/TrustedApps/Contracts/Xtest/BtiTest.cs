namespace RestrictedTee.Contracts;

/// <summary>The bti_test TA (optee_test ta/bti_test/include/ta_arm_bti.h): branch target identification, a feature of Arm CPUs.</summary>
/// <remarks>
/// What it tells: that there is none.
/// </remarks>
public static class BtiTest
{
    /// <summary>TA_BTI_UUID.</summary>
    public const string UuidText = "3616069b-504d-4044-9497-feb84a073a14";

    /// <summary>NOT_IMPLEMENTED, as of a TA that was not built for it.</summary>
    public const uint CommandBlr = 0;

    /// <summary>NOT_IMPLEMENTED.</summary>
    public const uint CommandBr = 1;

    /// <summary>NOT_IMPLEMENTED.</summary>
    public const uint CommandBrX16 = 2;

    /// <summary>Out: value[0].a 1 where the CPU has it.</summary>
    public const uint CommandIsImplemented = 3;

    /// <summary>The UUID.</summary>
    public static readonly Guid Uuid = new(UuidText);
}
