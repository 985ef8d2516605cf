namespace RestrictedTee.SmcTransport.Abi;

/// <summary>
/// SiP service calls (SMCCC, DEN0028 section 6: owner 2, 0x82000000 and 0xC2000000): the board's devices, whose models live in the
/// secure world's process. A driver reads and writes registers, and nothing else; what it wants done lies in normal RAM, as descriptors.
/// </summary>
/// <remarks>
/// What they tell: registers of devices, none of which lets content be read back (<see cref="DeviceRegisters"/>). All are fast calls.
/// </remarks>
public static class SipDevices
{
    private const uint Fast32 = 0x8200_0000;
    private const uint Fast64 = 0xC200_0000;

    /// <summary>How many devices there are. Out: a0 SUCCESS, a1 count.</summary>
    public const uint DeviceCount = Fast32 | 0x10;

    /// <summary>
    /// Describe a device. In: a1 its index. Out: a0 SUCCESS, a1 index of its bus master among the board's rows; or a0
    /// INVALID_PARAMETER.
    /// </summary>
    public const uint DeviceInfo = Fast32 | 0x11;

    /// <summary>Read a register. In: x1 device, x2 offset. Out: x0 SUCCESS, x1 value; or x0 INVALID_PARAMETER for one that is not there or is not read.</summary>
    public const uint RegisterRead = Fast64 | 0x12;

    /// <summary>
    /// Write a register. In: x1 device, x2 offset, x3 value. Out: x0 SUCCESS; INVALID_PARAMETER for one that is not there, is not
    /// written, or does not take the value; NOT_REQUIRED when the device is too busy to take it.
    /// </summary>
    public const uint RegisterWrite = Fast64 | 0x13;

    /// <summary>Take the interrupts that are pending, when the notification line has rung. Out: x0 SUCCESS, x1 a bit for each device.</summary>
    public const uint InterruptsTake = Fast64 | 0x14;

    /// <summary>
    /// Stores of a CPU of the normal world to memory that it cannot map. In: x1 physical address of the destination, x2 that of the
    /// source in normal RAM, x3 bytes, 64 KiB at most. Out: x0 SUCCESS or <see cref="BusError"/>.
    /// </summary>
    public const uint CpuStore = Fast64 | 0x15;

    /// <summary>Loads of such a CPU. In: x1 physical address of the source, x2 that of the destination in normal RAM, x3 bytes. Out: x0 <see cref="BusError"/> wherever memory is restricted.</summary>
    public const uint CpuLoad = Fast64 | 0x16;

    /// <summary>A bus error, in the range that SMCCC leaves to services.</summary>
    public const ulong BusError = unchecked((ulong)-16L);

    /// <summary>SMCCC_RET_SUCCESS.</summary>
    public const ulong Success = 0;

    /// <summary>SMCCC_RET_NOT_REQUIRED (-2).</summary>
    public const ulong NotRequired = unchecked((ulong)-2L);

    /// <summary>SMCCC_RET_INVALID_PARAMETER (-3).</summary>
    public const ulong InvalidParameter = unchecked((ulong)-3L);

    /// <summary>Whether a function id is in the range of SiP services.</summary>
    public static bool IsSip(uint function) => (function & 0xBF00_0000) == Fast32;

    /// <summary>Every call, in the order of its number.</summary>
    public static AbiSurface Calls { get; } = new(
        "sip",
        "SiP service calls: devices",
        "SMCCC (Arm DEN0028), vendor range; the numbers are this board's",
        [
            new(DeviceCount, "SIP_DEVICE_COUNT", Support.Full, "How many devices the board has models of."),
            new(DeviceInfo, "SIP_DEVICE_INFO", Support.Full, "Which bus master a device is."),
            new(RegisterRead, "SIP_REGISTER_READ", Support.Full, "No register gives content of memory."),
            new(RegisterWrite, "SIP_REGISTER_WRITE", Support.Full, "NOT_REQUIRED when the device has as many jobs as it takes."),
            new(InterruptsTake, "SIP_INTERRUPTS_TAKE", Support.Full, "The notification line says when to ask."),
            new(CpuStore, "SIP_CPU_STORE", Support.Full, "Stands for the store of a CPU, which on a real board is no call. The firewall decides."),
            new(CpuLoad, "SIP_CPU_LOAD", Support.Full, "As that; a bus error wherever memory is restricted."),
        ]);
}

/// <summary>The registers that every device has; its own begin at <see cref="Own"/>. All are 64 bits wide.</summary>
public static class DeviceRegisters
{
    /// <summary>Read: jobs that wait or run.</summary>
    public const ulong Pending = 0x00;

    /// <summary>Write: the physical address of a descriptor in normal RAM; the job begins. Descriptors may form a chain of at most <see cref="MaxChain"/>.</summary>
    public const ulong Doorbell = 0x08;

    /// <summary>Read: jobs that have ended, well or not. An interrupt follows each.</summary>
    public const ulong Ended = 0x10;

    /// <summary>Read: how the job that ended last did, as a <see cref="DeviceResult"/>.</summary>
    public const ulong Result = 0x18;

    /// <summary>Where a device's own begin.</summary>
    public const ulong Own = 0x40;

    /// <summary>Descriptors of one job.</summary>
    public const int MaxChain = 64;

    /// <summary>Jobs that wait for a device at most.</summary>
    public const int MaxPending = 16;
}

/// <summary>How a job of a device ended; also what stands in the status of each of its descriptors.</summary>
public enum DeviceResult : uint
{
    /// <summary>Done.</summary>
    Done = 0,

    /// <summary>The descriptor cannot be read, is malformed, or is one too many.</summary>
    BadDescriptor = 1,

    /// <summary>An access was refused: a bus error. The secure world has a fault record.</summary>
    BusError = 2,

    /// <summary>What was asked would let restricted content out of the chain that it is for.</summary>
    Forbidden = 3,

    /// <summary>Somebody uses a buffer whose label the job would change.</summary>
    Busy = 4,

    /// <summary>The device failed.</summary>
    DeviceError = 5,
}
