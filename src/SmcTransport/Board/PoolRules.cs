using System.Numerics;
using RestrictedTee.SmcTransport.NormalRam;

namespace RestrictedTee.SmcTransport.Board;

/// <summary>What must be true of a board's pools, each taken alone.</summary>
internal static class PoolRules
{
    internal static BoardProblem? FindProblem(BoardFile board)
    {
        for (int i = 0; i < board.Pools.Count; i++)
        {
            PoolRegion pool = board.Pools[i];
            string? problem = (pool.IsDynamic || pool.IsReserved ? FindAlignmentProblem(pool) : null)
                ?? (pool.IsDynamic ? FindLendingProblem(pool, board) : null)
                ?? FindLimitProblem(pool);
            if (problem is not null)
                return new BoardProblem(BoardPart.Pool(i), $"{NameOf(pool, board)}: {problem}");
        }

        return null;
    }

    internal static string NameOf(PoolRegion pool, BoardFile board) => $"pool '{board.NameOf(pool.UseCase)}'";

    private static string? FindAlignmentProblem(PoolRegion pool)
    {
        if (pool.Alignment < PhysicalAddress.PageSize || !BitOperations.IsPow2(pool.Alignment))
            return $"alignment 0x{pool.Alignment:x} must be a power of two, at least {PhysicalAddress.PageSize}.";
        if (pool.Size == 0 || pool.Size % pool.Alignment != 0)
            return $"size 0x{pool.Size:x} must be a multiple of its alignment 0x{pool.Alignment:x}.";
        return pool.Base % pool.Alignment == 0 ? null : $"base 0x{pool.Base:x} must be a multiple of its alignment 0x{pool.Alignment:x}.";
    }

    private static string? FindLendingProblem(PoolRegion pool, BoardFile board)
    {
        ulong room = board.NormalRam.Size - Math.Min(board.ReservedShm.Size, board.NormalRam.Size);
        return pool.Alignment <= room && pool.Size <= room - pool.Alignment
            ? null
            : $"0x{pool.Size:x} bytes at alignment 0x{pool.Alignment:x} cannot be lent from the 0x{room:x} bytes that normalRam has behind reservedShm.";
    }

    private static string? FindLimitProblem(PoolRegion pool)
    {
        foreach ((string name, ulong? limit) in new[] { ("limit", pool.Limit), ("clientLimit", pool.ClientLimit) })
        {
            if (limit is not { } most)
                continue;
            if (most == 0 || most % PhysicalAddress.PageSize != 0)
                return $"{name} 0x{most:x} must be a multiple of {PhysicalAddress.PageSize}, and not 0.";
            if (!pool.IsDynamic && most > pool.Size)
                return $"{name} 0x{most:x} is more than the 0x{pool.Size:x} bytes that there are.";
        }

        return pool is { Limit: { } all, ClientLimit: { } each } && each > all ? $"clientLimit 0x{each:x} is more than the limit 0x{all:x} of all clients together." : null;
    }
}
