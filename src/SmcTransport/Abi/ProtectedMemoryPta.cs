namespace RestrictedTee.SmcTransport.Abi;

/// <summary>
/// The pseudo TA through which the driver asks for restricted buffers. It opens for TEE_LOGIN_REE_KERNEL alone, and so keeps
/// the message ABI upstream's. This interface is RestrictedTee's own; upstream's kernel carves its buffers itself.
/// </summary>
/// <remarks>
/// What it tells, and to the driver alone: where buffers lie and how full the pools are, which the driver decides itself, and how
/// many accesses were refused. Nothing of what is in them.
/// </remarks>
public static class ProtectedMemoryPta
{
    /// <summary>6f2a4b0c-9d1e-4f3b-8a57-c1d0e5b7a2f4.</summary>
    public static readonly Guid Uuid = new("6f2a4b0c-9d1e-4f3b-8a57-c1d0e5b7a2f4");

    /// <summary>
    /// Allocate. In: value[0].a use case, value[1].a/b upper/lower half of the size. Out: value[2].a/b cookie,
    /// value[3].a/b physical address. BAD_PARAMETERS for size 0, ITEM_NOT_FOUND for a use case without pool, OUT_OF_MEMORY.
    /// </summary>
    public const uint CommandAllocate = 0;

    /// <summary>Free. In: value[0].a/b cookie. ITEM_NOT_FOUND for a cookie that is not live.</summary>
    public const uint CommandFree = 1;

    /// <summary>
    /// Describe a pool. In: value[0].a use case. Out: value[1].a size, .b bytes in use; value[2].a largest free range, .b live
    /// buffers; value[3].a protection (<see cref="MemoryProtection"/>), .b kind (<see cref="PoolKind"/>).
    /// </summary>
    public const uint CommandQueryPool = 2;

    /// <summary>Count of firewall faults so far. Out: value[0].a/b.</summary>
    public const uint CommandFaultCount = 3;
}

/// <summary>Where the memory of a restricted pool comes from.</summary>
public enum PoolKind : uint
{
    /// <summary>Carved out at boot.</summary>
    Static = 0,

    /// <summary>Normal RAM that is lent when it is needed, and is not lent now.</summary>
    Dynamic = 1,

    /// <summary>Normal RAM that is lent now.</summary>
    DynamicLent = 2,
}

/// <summary>How the secure world's memory is kept from the rest of the system.</summary>
public enum MemoryProtection : uint
{
    /// <summary>Anonymous memory of a process that is not dumpable; it could not be locked and may be swapped out.</summary>
    Anonymous = 0,

    /// <summary>Anonymous memory, locked, left out of core dumps, in a process that is not dumpable.</summary>
    Locked = 1,

    /// <summary>memfd_secret: unmapped from the kernel's direct map, unreadable through /proc/PID/mem and ptrace, even for root.</summary>
    SecretMemory = 2,
}

/// <summary>Login classes that only the driver may use; clients have those of the TEE Client API.</summary>
public static class KernelLogin
{
    /// <summary>TEE_LOGIN_REE_KERNEL (optee_os lib/libutee/include/tee_api_defines_extensions.h).</summary>
    public const uint ReeKernel = 0x8000_0000;

    /// <summary>First of the range that the ioctl layer refuses to clients (TEE_IOCTL_LOGIN_REE_KERNEL_MIN).</summary>
    public const uint RangeMin = 0x8000_0000;

    /// <summary>Last of that range (TEE_IOCTL_LOGIN_REE_KERNEL_MAX).</summary>
    public const uint RangeMax = 0xBFFF_FFFF;
}
