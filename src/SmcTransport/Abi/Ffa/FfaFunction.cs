namespace RestrictedTee.SmcTransport.Abi.Ffa;

/// <summary>
/// FF-A function ids (Arm DEN0077A 1.2, chapter 13 onwards; memory management: DEN0140). Bit 30 tells the 64-bit calling
/// convention. Registers of the 32-bit forms are w0–w7; of the 64-bit forms x0–x7, and x0–x17 from 1.2 on where it says so.
/// </summary>
public static class FfaFunction
{
    /// <summary>Bit 30: SMC64 calling convention.</summary>
    public const uint Is64Bit = 1u << 30;

    /// <summary>Answer: w2 the status.</summary>
    public const uint Error = 0x8400_0060;

    /// <summary>Answer: results in w2–w7.</summary>
    public const uint Success32 = 0x8400_0061;

    /// <summary>Answer: results in x2–x17.</summary>
    public const uint Success64 = 0xC400_0061;

    /// <summary>An endpoint was interrupted.</summary>
    public const uint Interrupt = 0x8400_0062;

    /// <summary>In: w1 the caller's version. Out: w0 the version here, or NOT_SUPPORTED.</summary>
    public const uint Version = 0x8400_0063;

    /// <summary>In: w1 function or feature id, w2 input properties. Out: w2, w3 properties.</summary>
    public const uint Features = 0x8400_0064;

    /// <summary>The caller has read its RX buffer. DENIED when it was not full.</summary>
    public const uint RxRelease = 0x8400_0065;

    /// <summary>In: w1 TX address, w2 RX address, w3 pages (1–63).</summary>
    public const uint RxTxMap32 = 0x8400_0066;

    /// <summary>In: x1 TX address, x2 RX address, w3 pages (1–63).</summary>
    public const uint RxTxMap64 = 0xC400_0066;

    /// <summary>In: w1 bits 31:16 an id of a VM, or 0.</summary>
    public const uint RxTxUnmap = 0x8400_0067;

    /// <summary>In: w1–w4 UUID (nil for all), w5 bit 0 count only. Out: w2 count, w3 bytes a descriptor; descriptors in RX.</summary>
    public const uint PartitionInfoGet = 0x8400_0068;

    /// <summary>Out: w2 the caller's id.</summary>
    public const uint IdGet = 0x8400_0069;

    /// <summary>Superseded by 1.1.</summary>
    public const uint MsgPoll = 0x8400_006A;

    /// <summary>A partition has nothing to do.</summary>
    public const uint MsgWait = 0x8400_006B;

    /// <summary>FFA_YIELD: a partition gives the rest of its time back. Out at the other end: w1 bits 31:16 the partition, 15:0 its context.</summary>
    public const uint Yield = 0x8400_006C;

    /// <summary>In: w1 bits 31:16 a partition, 15:0 a context of it that has yielded.</summary>
    public const uint Run = 0x8400_006D;

    /// <summary>Superseded by 1.1.</summary>
    public const uint MsgSend = 0x8400_006E;

    /// <summary>In: w1 sender and receiver, w2 flags, w3–w7 payload.</summary>
    public const uint MsgSendDirectReq32 = 0x8400_006F;

    /// <summary>In: w1 sender and receiver, w2 flags, x3–x7 payload.</summary>
    public const uint MsgSendDirectReq64 = 0xC400_006F;

    /// <summary>The answer to <see cref="MsgSendDirectReq32"/>.</summary>
    public const uint MsgSendDirectResp32 = 0x8400_0070;

    /// <summary>The answer to <see cref="MsgSendDirectReq64"/>.</summary>
    public const uint MsgSendDirectResp64 = 0xC400_0070;

    /// <summary>In: w1 total length, w2 fragment length, w3 buffer address or 0 for TX, w4 its pages. Out: w2, w3 handle.</summary>
    public const uint MemDonate32 = 0x8400_0071;

    /// <summary>As <see cref="MemDonate32"/>, the address in x3.</summary>
    public const uint MemDonate64 = 0xC400_0071;

    /// <summary>As <see cref="MemDonate32"/>.</summary>
    public const uint MemLend32 = 0x8400_0072;

    /// <summary>As <see cref="MemDonate64"/>.</summary>
    public const uint MemLend64 = 0xC400_0072;

    /// <summary>As <see cref="MemDonate32"/>.</summary>
    public const uint MemShare32 = 0x8400_0073;

    /// <summary>As <see cref="MemDonate64"/>.</summary>
    public const uint MemShare64 = 0xC400_0073;

    /// <summary>As <see cref="MemDonate32"/>. Out: <see cref="MemRetrieveResp"/>, the descriptor in RX.</summary>
    public const uint MemRetrieveReq32 = 0x8400_0074;

    /// <summary>As <see cref="MemRetrieveReq32"/>, the address in x3.</summary>
    public const uint MemRetrieveReq64 = 0xC400_0074;

    /// <summary>Answer: w1 total length, w2 fragment length.</summary>
    public const uint MemRetrieveResp = 0x8400_0075;

    /// <summary>The descriptor in TX.</summary>
    public const uint MemRelinquish = 0x8400_0076;

    /// <summary>In: w1, w2 handle, w3 flags.</summary>
    public const uint MemReclaim = 0x8400_0077;

    /// <summary>Next fragment, please. w1, w2 handle, w3 offset so far, w4 bits 31:16 the sender.</summary>
    public const uint MemFragRx = 0x8400_007A;

    /// <summary>Here is a fragment. w1, w2 handle, w3 its length, w4 bits 31:16 the sender.</summary>
    public const uint MemFragTx = 0x8400_007B;

    /// <summary>Secure world gives the CPU back; not a call of the normal world.</summary>
    public const uint NormalWorldResume = 0x8400_007C;

    /// <summary>In: w1 VM id, w2 vCPUs.</summary>
    public const uint NotificationBitmapCreate = 0x8400_007D;

    /// <summary>In: w1 VM id.</summary>
    public const uint NotificationBitmapDestroy = 0x8400_007E;

    /// <summary>In: w1 sender and receiver, w2 flags, w3, w4 bitmap.</summary>
    public const uint NotificationBind = 0x8400_007F;

    /// <summary>In: w1 sender and receiver, w3, w4 bitmap.</summary>
    public const uint NotificationUnbind = 0x8400_0080;

    /// <summary>In: w1 sender and receiver, w2 flags, w3, w4 bitmap.</summary>
    public const uint NotificationSet = 0x8400_0081;

    /// <summary>In: w1 vCPU and receiver, w2 flags. Out: w2, w3 of partitions; w4, w5 of VMs; w6, w7 of the framework.</summary>
    public const uint NotificationGet = 0x8400_0082;

    /// <summary>Out: w2 counts, ids from w3 on.</summary>
    public const uint NotificationInfoGet32 = 0x8400_0083;

    /// <summary>Out: x2 counts, ids from x3 on.</summary>
    public const uint NotificationInfoGet64 = 0xC400_0083;

    /// <summary>For hypervisors.</summary>
    public const uint RxAcquire = 0x8400_0084;

    /// <summary>Out: w2 the SPMC's id.</summary>
    public const uint SpmIdGet = 0x8400_0085;

    /// <summary>Indirect messages.</summary>
    public const uint MsgSend2 = 0x8400_0086;

    /// <summary>Boot of secondary cores.</summary>
    public const uint SecondaryEpRegister = 0xC400_0087;

    /// <summary>Permissions of a partition's own pages.</summary>
    public const uint MemPermGet32 = 0x8400_0088;

    /// <summary>Permissions of a partition's own pages.</summary>
    public const uint MemPermSet32 = 0x8400_0089;

    /// <summary>Characters for a console.</summary>
    public const uint ConsoleLog32 = 0x8400_008A;

    /// <summary>Characters for a console.</summary>
    public const uint ConsoleLog64 = 0xC400_008A;

    /// <summary>In: x1, x2 UUID, x3 start index and tag. Out: x2 indices, tag and size; descriptors from x3 on.</summary>
    public const uint PartitionInfoGetRegs = 0xC400_008B;

    /// <summary>In: x1 sender and receiver, x2, x3 UUID of the service, x4–x17 payload.</summary>
    public const uint MsgSendDirectReq2 = 0xC400_008D;

    /// <summary>The answer to <see cref="MsgSendDirectReq2"/>: x1 sender and receiver, x4–x17 payload.</summary>
    public const uint MsgSendDirectResp2 = 0xC400_008E;

    /// <summary>Feature id: notification pending interrupt.</summary>
    public const uint FeatureNotificationPendingInterrupt = 1;

    /// <summary>Feature id: schedule receiver interrupt.</summary>
    public const uint FeatureScheduleReceiverInterrupt = 2;

    /// <summary>Feature id: managed exit interrupt.</summary>
    public const uint FeatureManagedExitInterrupt = 3;

    /// <summary>Whether a function id is in one of the two ranges that SMCCC gives to FF-A.</summary>
    public static bool IsFfa(uint function) => (function & ~Is64Bit) is >= Error and <= 0x8400_00EF;
}
