namespace RestrictedTee.Contracts;

/// <summary>The random example (optee_examples/random/ta/include/random_ta.h). Opens without parameters.</summary>
/// <remarks>
/// What it tells: random bytes. It has no secure-data-path property, so that no restricted memref, of any size above 0,
/// reaches it, be it from the normal world or from another TA.
/// </remarks>
public static class RandomExample
{
    /// <summary>TA_RANDOM_UUID.</summary>
    public const string UuidText = "b6c53aba-9669-4668-a7f2-205629d00f86";

    /// <summary>TA_RANDOM_CMD_GENERATE. Out: memref[0], all of it. OUT_OF_MEMORY: it is larger than the memory of the TA.</summary>
    public const uint CommandGenerate = 0;

    /// <summary>The UUID.</summary>
    public static readonly Guid Uuid = new(UuidText);
}
