namespace RestrictedTee.NormalWorld.DmaBuf;

/// <summary>How memory is kept from the normal world's CPU.</summary>
public enum RestrictionKind
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>It cannot be mapped by the CPU.</summary>
    NoCpuMapping,

    /// <summary>The CPU has a mapping, which shows nothing of the content.</summary>
    MappingWithoutAccess,

    /// <summary>Only devices that are named get at it.</summary>
    NamedDevices,
}

/// <summary>A kind of restriction, and who keeps it up.</summary>
/// <param name="Kind">How.</param>
/// <param name="By">"TEE", "boot loader", a vendor; empty when nobody does.</param>
public readonly record struct Restriction(RestrictionKind Kind, string By)
{
    /// <summary>Memory that everybody gets at.</summary>
    public static Restriction None { get; } = new(RestrictionKind.None, "");

    /// <summary>Whether the CPU is kept away from the content.</summary>
    public bool IsRestricted => Kind != RestrictionKind.None;
}
