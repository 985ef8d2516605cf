namespace RestrictedTee.Sdk;

/// <summary>TEE_MEMORY_ACCESS_*: what is asked of memory (GPD_SPE_010 section 4.11.1).</summary>
[Flags]
public enum MemoryAccess : uint
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>TEE_MEMORY_ACCESS_READ.</summary>
    Read = 1,

    /// <summary>TEE_MEMORY_ACCESS_WRITE.</summary>
    Write = 2,

    /// <summary>TEE_MEMORY_ACCESS_ANY_OWNER: it may be shared with the client; without it, it must be the TA's own.</summary>
    AnyOwner = 4,

    /// <summary>TEE_MEMORY_ACCESS_NONSECURE, OP-TEE's: it must be the normal world's.</summary>
    NonSecure = 0x1000_0000,

    /// <summary>TEE_MEMORY_ACCESS_SECURE, OP-TEE's: it must not be the normal world's.</summary>
    Secure = 0x2000_0000,
}

/// <summary>TEE_MALLOC_*: hints for an allocation (GPD_SPE_010 section 4.11.4).</summary>
[Flags]
public enum MallocHints : uint
{
    /// <summary>TEE_MALLOC_FILL_ZERO: zeroed, as all memory is that the TEE hands out.</summary>
    FillZero = 0,

    /// <summary>TEE_MALLOC_NO_FILL: need not be zeroed, though it is. Only with <see cref="NoShare"/>.</summary>
    NoFill = 1,

    /// <summary>TEE_MALLOC_NO_SHARE: shared with nobody, as no secure RAM is.</summary>
    NoShare = 2,
}

/// <summary>What is done to caches (enum utee_cache_operation, OP-TEE/optee_os lib/libutee/include/utee_types.h).</summary>
internal enum CacheMaintenance : uint
{
    /// <summary>TEE_CACHECLEAN.</summary>
    Clean = 0,

    /// <summary>TEE_CACHEFLUSH.</summary>
    Flush = 1,

    /// <summary>TEE_CACHEINVALIDATE.</summary>
    Invalidate = 2,
}
