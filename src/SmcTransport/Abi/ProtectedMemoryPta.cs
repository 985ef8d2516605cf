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
    /// value[3].a/b bytes that the buffer takes up. Where it lies is not told: it may be moved. BAD_PARAMETERS for size 0, ITEM_NOT_FOUND for a use case without pool, OUT_OF_MEMORY.
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

    /// <summary>
    /// Keep a buffer where it is for good, and say where that is: what a temporary memref by physical address needs. In: value[0].a/b
    /// cookie. Out: value[1].a/b physical address. ITEM_NOT_FOUND.
    /// </summary>
    public const uint CommandFix = 4;

    /// <summary>
    /// Map a buffer for a device (dma_buf_map_attachment). In: value[0].a/b cookie; value[1].a index of the bus master among the board's
    /// rows, .b rights: 1 read, 2 write, 3 both. Out: value[2].a/b the handle that the device's descriptors name it by.
    /// ITEM_NOT_FOUND: no such buffer; BAD_PARAMETERS: no such device; ACCESS_DENIED: a rule forbids it; NOT_SUPPORTED: the device
    /// cannot reach it; OUT_OF_MEMORY: too many mappings.
    /// </summary>
    public const uint CommandMap = 5;

    /// <summary>
    /// Unmap. In: value[0].a/b handle. An access in progress ends first; what the device had not finished is discarded.
    /// ITEM_NOT_FOUND.
    /// </summary>
    public const uint CommandUnmap = 6;

    /// <summary>
    /// Revoke a bus master's access to a buffer. In: value[0].a/b cookie; value[1].a index of the master. Mappings stay and fail.
    /// ITEM_NOT_FOUND, BAD_PARAMETERS; BUSY: a trusted application is using it.
    /// </summary>
    public const uint CommandRevoke = 7;

    /// <summary>Grant again what was revoked. In: as <see cref="CommandRevoke"/>. ITEM_NOT_FOUND, BAD_PARAMETERS, ACCESS_DENIED.</summary>
    public const uint CommandGrant = 8;

    /// <summary>
    /// Ask for a mapping by the CPUs, so that the security module hears of it. In: value[0].a/b cookie; value[1].b rights. Always
    /// ACCESS_DENIED, or ITEM_NOT_FOUND.
    /// </summary>
    public const uint CommandCpuAccess = 9;

    /// <summary>
    /// Give a name to a part of a reserved pool, which the TEE gives out nothing of, so that a memref can refer to it. In: value[0].a/b
    /// physical address; value[1].a/b size. Out: value[2].a/b cookie. Who may do what with it, the board's rules alone say.
    /// BAD_PARAMETERS: it is no range of whole pages in one reserved pool; OUT_OF_MEMORY.
    /// </summary>
    public const uint CommandRegister = 10;

    /// <summary>Take the name back. In: value[0].a/b cookie. A call that has the memory keeps it until it ends. ITEM_NOT_FOUND.</summary>
    public const uint CommandUnregister = 11;
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
