namespace RestrictedTee.SecureWorld.ProtectedMemory;

/// <summary>Which neighbours to push together so that a hole of some size opens behind them, with the fewest bytes moved.</summary>
internal static class CompactionPlan
{
    /// <summary>A block that is taken.</summary>
    /// <param name="Start">Where it begins.</param>
    /// <param name="Length">Bytes that it takes up.</param>
    /// <param name="IsMovable">Whether it may be moved.</param>
    internal readonly record struct Block(int Start, int Length, bool IsMovable)
    {
        internal int End => Start + Length;
    }

    /// <summary>Finds the run of movable blocks between whose outer neighbours enough is free, and which has the fewest bytes.</summary>
    /// <param name="blocks">All blocks, in the order of their places.</param>
    /// <param name="size">Bytes of the whole.</param>
    /// <param name="needed">Bytes of the hole.</param>
    /// <param name="first">The first block to push.</param>
    /// <param name="last">The last one.</param>
    internal static bool TryFind(ReadOnlySpan<Block> blocks, int size, int needed, out int first, out int last)
    {
        (first, last) = (-1, -1);
        (int from, int bytes, int best) = (0, 0, int.MaxValue);
        for (int i = 0; i < blocks.Length; i++)
        {
            if (!blocks[i].IsMovable)
            {
                (from, bytes) = (i + 1, 0);
                continue;
            }

            bytes += blocks[i].Length;
            int end = i + 1 < blocks.Length ? blocks[i + 1].Start : size;
            // The fewest that end here: what is let go of in front still leaves enough.
            while (from < i && end - blocks[from].End - (bytes - blocks[from].Length) >= needed)
                bytes -= blocks[from++].Length;
            int start = from == 0 ? 0 : blocks[from - 1].End;
            if (end - start - bytes >= needed && bytes < best)
                (first, last, best) = (from, i, bytes);
        }

        return first >= 0;
    }
}
