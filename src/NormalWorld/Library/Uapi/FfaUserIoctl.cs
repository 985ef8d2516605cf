using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RestrictedTee.NormalWorld.Uapi;

/// <summary>
/// The ioctls of /sys/kernel/debug/arm_ffa_user, by which the original's ffa_spmc suite speaks FF-A (arm_ffa_user.h of the arm_ffa_user
/// module, version 5.0).
/// </summary>
public static class FfaUserIoctl
{
    /// <summary>What /sys/module/arm_ffa_user/version says; the suite wants 5.0.1 or later of 5.</summary>
    public const string ModuleVersion = "5.0.2";

    private const uint Magic = 0xf0;
    private const uint Write = 1;
    private const uint ReadWrite = 3;

    /// <summary>FFA_IOC_GET_PART_ID.</summary>
    public static readonly uint GetPartitionId = Request(ReadWrite, 0, Unsafe.SizeOf<FfaUserEndpoint>());

    /// <summary>FFA_IOC_MSG_SEND.</summary>
    public static readonly uint SendMessage = Request(ReadWrite, 1, Unsafe.SizeOf<FfaUserMessage>());

    /// <summary>FFA_IOC_SHM_INIT.</summary>
    public static readonly uint ShareMemory = Request(ReadWrite, 2, Unsafe.SizeOf<FfaUserMemory>());

    /// <summary>FFA_IOC_SHM_DEINIT.</summary>
    public static readonly uint ReclaimMemory = Request(Write, 3, Unsafe.SizeOf<FfaUserMemory>());

    /// <summary>FFA_IOC_SHM_READ.</summary>
    public static readonly uint ReadMemory = Request(Write, 4, Unsafe.SizeOf<FfaUserBuffer>());

    /// <summary>FFA_IOC_SHM_WRITE.</summary>
    public static readonly uint WriteMemory = Request(Write, 5, Unsafe.SizeOf<FfaUserBuffer>());

    private static uint Request(uint direction, uint number, int size) => (direction << 30) | ((uint)size << 16) | (Magic << 8) | number;
}

/// <summary>struct ffa_ioctl_ep_desc.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct FfaUserEndpoint
{
    /// <summary>In: address of a UUID in words, with its final zero.</summary>
    public ulong UuidPointer;

    /// <summary>Out: the partition.</summary>
    public ushort Id;
}

/// <summary>struct ffa_ioctl_msg_args.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct FfaUserMessage
{
    /// <summary>In and out: w3 to w7.</summary>
    public FiveWords Words;

    /// <summary>In: the partition.</summary>
    public ushort Destination;

    /// <summary>The arguments of a direct message.</summary>
    [InlineArray(5)]
    public struct FiveWords
    {
        private ulong _first;
    }
}

/// <summary>struct ffa_ioctl_shm_desc.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct FfaUserMemory
{
    /// <summary>Sharing: out. Reclaiming: in.</summary>
    public ulong Handle;

    /// <summary>Sharing: in bytes, out how many there are.</summary>
    public ulong Size;

    /// <summary>Sharing, in: the partition.</summary>
    public ushort Destination;
}

/// <summary>struct ffa_ioctl_buf_desc.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct FfaUserBuffer
{
    /// <summary>In: of the memory.</summary>
    public ulong Handle;

    /// <summary>In: address of the caller's buffer.</summary>
    public ulong BufferPointer;

    /// <summary>In: bytes.</summary>
    public ulong BufferLength;
}
