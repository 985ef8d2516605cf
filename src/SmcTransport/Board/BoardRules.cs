using RestrictedTee.SmcTransport.NormalRam;

namespace RestrictedTee.SmcTransport.Board;

/// <summary>What must be true of a board before either world starts on it.</summary>
internal static class BoardRules
{
    /// <summary>A bank is mapped whole and parts of it become spans, so it stays below what a span can address.</summary>
    private const ulong MaxRegion = 1UL << 30;

    /// <summary>A partition's TX and RX, and two pages that it can send.</summary>
    private const ulong MinPartitionRam = 4 * PhysicalAddress.PageSize;

    /// <summary>The first problem found; null when there is none.</summary>
    internal static BoardProblem? FindProblem(BoardFile board) =>
        FindPoolNameProblem(board) ?? FindMapProblem(board) ?? BusMasterRules.FindProblem(board);

    private static BoardProblem? FindPoolNameProblem(BoardFile board)
    {
        for (int i = 0; i < board.Pools.Count; i++)
        {
            UseCase useCase = board.Pools[i].UseCase;
            if (board.UseCases.All(row => row.UseCase != useCase))
                return new BoardProblem(BoardPart.Pool(i), $"the board has a pool for {useCase}, which it does not have.");
            if (board.Pools.Take(i).Any(pool => pool.UseCase == useCase))
                return new BoardProblem(BoardPart.Pool(i), $"pool '{board.NameOf(useCase)}' stands there twice.");
        }

        return null;
    }

    private static BoardProblem? FindMapProblem(BoardFile board)
    {
        var regions = new List<(string Part, string Name, MemoryRegion Region)>
        {
            ("normalRam", "normalRam", board.NormalRam),
            ("secureRam", "secureRam", board.SecureRam),
        };
        if (board.PartitionRam is { } partitionRam)
            regions.Add((BoardPart.PartitionRam, "partitionRam", partitionRam));
        for (int i = 0; i < board.Pools.Count; i++)
        {
            if (!board.Pools[i].IsDynamic)
                regions.Add((BoardPart.Pool(i), PoolRules.NameOf(board.Pools[i], board), board.Pools[i]));
        }

        foreach ((string part, string name, MemoryRegion region) in regions.Prepend(("reservedShm", "reservedShm", board.ReservedShm)))
        {
            if (FindRegionProblem(name, region) is { } wrong)
                return new BoardProblem(part, wrong);
        }

        if (PoolRules.FindProblem(board) is { } pool)
            return pool;
        if (FindPartitionProblem(board) is { } partitions)
            return new BoardProblem(BoardPart.Partitions, partitions);

        for (int i = 0; i < regions.Count; i++)
        {
            for (int j = 0; j < i; j++)
            {
                if (regions[i].Region.Range.Overlaps(regions[j].Region.Range))
                    return new BoardProblem(regions[i].Part, $"{regions[i].Name} ({regions[i].Region.Range}) overlaps {regions[j].Name} ({regions[j].Region.Range}).");
            }
        }

        if (board.ReservedShm.Base != board.NormalRam.Base || !board.NormalRam.Range.Contains(board.ReservedShm.Range))
            return new BoardProblem("reservedShm", $"reservedShm ({board.ReservedShm.Range}) must lie at the start of normalRam ({board.NormalRam.Range}).");
        return board.ReservedShm.Size == board.NormalRam.Size ? new BoardProblem("reservedShm", "reservedShm leaves nothing of normalRam for shared memory.") : null;
    }

    private static string? FindPartitionProblem(BoardFile board)
    {
        int sharers = board.Partitions.Count(TestPartitions.HasRam);
        if (board.Partitions.Distinct().Count() != board.Partitions.Count)
            return "a partition stands there twice.";
        if (sharers == 0)
            return board.PartitionRam is null ? null : "partitionRam is there for no partition: name those that it is for in partitions.";
        if (board.PartitionRam is not { } ram)
            return $"partitions has {sharers} that need RAM, so the board needs partitionRam.";
        ulong needed = (ulong)sharers * MinPartitionRam;
        return ram.Size >= needed ? null : $"partitionRam: size 0x{ram.Size:x} is less than the 0x{needed:x} that {sharers} partitions need.";
    }

    private static string? FindRegionProblem(string name, MemoryRegion region)
    {
        if (region.Base % PhysicalAddress.PageSize != 0 || region.Size % PhysicalAddress.PageSize != 0)
            return $"{name}: base 0x{region.Base:x} and size 0x{region.Size:x} must be multiples of {PhysicalAddress.PageSize}.";
        if (region.Base == 0)
            return $"{name}: base 0 is taken, it is the null reference of a message.";
        if (region.Size is 0 or > MaxRegion)
            return $"{name}: size 0x{region.Size:x} must lie between one page and 0x{MaxRegion:x}.";
        return PhysicalRange.TryCreate(new PhysicalAddress(region.Base), region.Size, out _)
            ? null
            : $"{name}: 0x{region.Base:x} + 0x{region.Size:x} wraps around the address space.";
    }
}
