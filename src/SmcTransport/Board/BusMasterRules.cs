using System.Numerics;
using RestrictedTee.SmcTransport.NormalRam;

namespace RestrictedTee.SmcTransport.Board;

/// <summary>What must be true of a board's bus masters.</summary>
internal static class BusMasterRules
{
    /// <summary>A descriptor names its consumers by a bit each (<c>CryptoDescriptor.Consumers</c>), and so do the interrupts.</summary>
    private const int MaxMasters = 64;

    private const int MinAddressWidth = 32, MaxAddressWidth = 64;

    /// <summary>The largest page size of the architecture's first two levels; a buffer is at least as long as it is aligned.</summary>
    private const ulong MaxAlignment = 2UL << 20;

    internal static BoardProblem? FindProblem(BoardFile board)
    {
        for (int i = 0; i < board.BusMasters.Count; i++)
        {
            BusMasterRow master = board.BusMasters[i];
            string? problem = i >= MaxMasters ? $"is one too many: a board has {MaxMasters} bus masters at most."
                : board.BusMasters.Take(i).Any(other => other.FullName == master.FullName) ? "stands there twice."
                : FindShapeProblem(master) ?? FindRightsProblem(board, master);
            if (problem is not null)
                return new BoardProblem(BoardPart.BusMaster(i), $"{master.FullName} {problem}");
        }

        return null;
    }

    private static string? FindShapeProblem(BusMasterRow master)
    {
        if (master.AddressWidth is < MinAddressWidth or > MaxAddressWidth)
            return $"has an addressWidth of {master.AddressWidth}; it lies between {MinAddressWidth} and {MaxAddressWidth}.";
        if (master.Alignment is < PhysicalAddress.PageSize or > MaxAlignment || !BitOperations.IsPow2(master.Alignment))
            return $"has an alignment of 0x{master.Alignment:x}; it must be a power of two between 0x{PhysicalAddress.PageSize:x} and 0x{MaxAlignment:x}.";
        return master is { NeedsContiguous: true, IsBehindIommu: true }
            ? "needs contiguous memory and sits behind an IOMMU, which makes any memory contiguous."
            : null;
    }

    private static string? FindRightsProblem(BoardFile board, BusMasterRow master)
    {
        foreach ((UseCase useCase, BusRights rights) in master.Rights)
        {
            string name = board.NameOf(useCase);
            if (master.Name == BusMasterNames.NormalWorldCpu && rights.HasFlag(BusRights.Read))
                return $"may read {name}: memory that the normal world reads is not restricted.";
            if (master.Name == BusMasterNames.Tee && rights != BusRights.ReadWrite)
                return $"has only {BusMasterReader.Word(rights)} on {name}, but it scrubs every pool.";
            if (rights == BusRights.None || master.IsBehindIommu || board.PoolOf(useCase) is not { } pool)
                continue;
            if (master.AddressWidth < MaxAddressWidth && !pool.IsDynamic && pool.Range.End.Value > 1UL << master.AddressWidth)
                return $"drives {master.AddressWidth} bits of address and has rights on pool '{name}', which ends at {pool.Range.End}.";
            ulong aligned = pool.IsDynamic ? pool.Alignment : pool.Base;
            if (aligned % master.Alignment != 0 || pool.Size % master.Alignment != 0)
                return $"needs an alignment of 0x{master.Alignment:x}, which {(pool.IsDynamic ? "alignment" : "base")} or size of pool '{name}' has not.";
        }

        return null;
    }
}
