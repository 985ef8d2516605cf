namespace RestrictedTee.NormalWorld.UserPages;

/// <summary>Addresses of a client, whole pages.</summary>
internal readonly record struct UserRange(ulong Start, ulong End)
{
    internal const ulong PageSize = 4096;

    internal ulong Length => End - Start;

    /// <summary>The pages that so many bytes lie in; null when there are no such addresses.</summary>
    internal static UserRange? Covering(ulong address, ulong length)
    {
        const ulong AddressEnd = 1UL << 47; // TASK_SIZE_MAX, but for a page (x86-64 with four levels)
        if (address >= AddressEnd || length > AddressEnd - address)
            return null;
        return new UserRange(address & ~(PageSize - 1), (address + length + PageSize - 1) & ~(PageSize - 1));
    }

    internal UserRange? Intersect(ulong start, ulong end)
    {
        (ulong from, ulong to) = (Math.Max(Start, start), Math.Min(End, end));
        return from < to ? new UserRange(from, to) : null;
    }
}
