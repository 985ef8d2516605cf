using System.Security.Cryptography;

namespace RestrictedTee.Sdk;

/// <summary>What there is to do with memory (GPD_SPE_010 section 4.11; the caches are OP-TEE's). Its allocation is <see cref="SecureMemory"/>'s.</summary>
public static class TeeMemory
{
    /// <summary>
    /// TEE_CheckMemoryAccessRights: whether the TA may do that with the memory. What is in a memref that the running call was given has the
    /// rights of that parameter, and is shared with its client; all other memory is the TA's own. No bytes can be had anyhow.
    /// </summary>
    /// <returns>Success; AccessDenied.</returns>
    public static TeeResult CheckAccessRights(MemoryAccess access, ReadOnlySpan<byte> memory) =>
        memory.IsEmpty ? TeeResult.Success : Utee.CheckAccessRights(access, memory);

    /// <summary>TEE_MemMove: copies, also where the two overlap.</summary>
    /// <exception cref="ArgumentException">The destination is too short.</exception>
    public static void Move(Span<byte> destination, ReadOnlySpan<byte> source) => source.CopyTo(destination);

    /// <summary>TEE_MemFill.</summary>
    public static void Fill(Span<byte> memory, byte value) => memory.Fill(value);

    /// <summary>TEE_MemCompare, in a time that does not depend on where the two differ; the sign of the difference is not told.</summary>
    /// <returns>Whether both are the same.</returns>
    public static bool Compare(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other) => CryptographicOperations.FixedTimeEquals(one, other);

    /// <summary>TEE_CacheClean.</summary>
    /// <returns>Success; NotSupported for a TA without <see cref="TaFlags.CacheMaintenance"/>.</returns>
    public static TeeResult CacheClean(Span<byte> memory) => Utee.CacheOperation(memory, CacheMaintenance.Clean);

    /// <summary>TEE_CacheFlush.</summary>
    /// <returns>As <see cref="CacheClean"/>.</returns>
    public static TeeResult CacheFlush(Span<byte> memory) => Utee.CacheOperation(memory, CacheMaintenance.Flush);

    /// <summary>TEE_CacheInvalidate.</summary>
    /// <returns>As <see cref="CacheClean"/>; AccessDenied: it can only be read.</returns>
    public static TeeResult CacheInvalidate(Span<byte> memory) => Utee.CacheOperation(memory, CacheMaintenance.Invalidate);
}
