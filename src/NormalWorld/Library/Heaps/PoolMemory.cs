using RestrictedTee.NormalWorld.DmaBuf.Devices;
using RestrictedTee.NormalWorld.Shm;

namespace RestrictedTee.NormalWorld.Heaps;

/// <summary>What a back end has allocated.</summary>
/// <param name="Cookie">The TEE's name for it; 0 for memory that the TEE has not been told of.</param>
/// <param name="Ranges">Where it lies.</param>
/// <param name="Block">The bytes, where they are the normal world's.</param>
internal sealed record PoolMemory(ulong Cookie, IReadOnlyList<MemoryRange> Ranges, ShmBlock? Block = null)
{
    /// <summary>Bytes.</summary>
    internal ulong Size => Ranges.Aggregate(0UL, (sum, range) => sum + range.Length);

    /// <summary>A buffer that the TEE keeps: its name is all that is known here, and how high its pool reaches.</summary>
    internal static PoolMemory KeptByTee(string pool, ulong cookie, ulong size, ulong top) =>
        new(cookie, [new MemoryRange(new MemoryProvider(pool, cookie, top), 0, size, RangeAttributes.Protected)]);
}
