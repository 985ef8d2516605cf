using RestrictedTee.SmcTransport.NormalRam;

namespace RestrictedTee.SmcTransport.Board;

/// <summary>One restricted pool.</summary>
public sealed record PoolRegion : MemoryRegion
{
    /// <summary>Who restricts a reserved pool when the board does not say.</summary>
    public const string DefaultRestrictedBy = "boot loader";

    /// <summary>What the pool is for.</summary>
    public required UseCase UseCase { get; init; }

    /// <summary>
    /// Whether the memory is carved out at boot and given out by nobody in the TEE: devices and CPUs reach it by its addresses, by the
    /// static rules alone. Such a pool needs no call to the TEE, and has neither labels nor scrubbing.
    /// </summary>
    public bool IsReserved { get; init; }

    /// <summary>
    /// Whether the memory is normal RAM until it is needed, and lent then; else it is carved out at boot. A dynamic pool has no
    /// base, and its size is the least that is lent.
    /// </summary>
    public bool IsDynamic { get; init; }

    /// <summary>
    /// What base and size of memory lent to a dynamic pool, or of each buffer of a reserved one, must be multiples of; a power of two, at
    /// least a page.
    /// </summary>
    public ulong Alignment { get; init; } = PhysicalAddress.PageSize;

    /// <summary>Of a reserved pool: who has set the rules that keep it.</summary>
    public string RestrictedBy { get; init; } = DefaultRestrictedBy;

    /// <summary>The most that all clients together may have of it, in bytes; null for all that there is (dmem.max of the root).</summary>
    public ulong? Limit { get; init; }

    /// <summary>The most that each client may have of it; null for as much as all (dmem.max of a group).</summary>
    public ulong? ClientLimit { get; init; }
}
