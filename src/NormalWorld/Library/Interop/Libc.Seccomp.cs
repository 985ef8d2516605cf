using System.Runtime.InteropServices;

namespace RestrictedTee.NormalWorld.Interop;

/// <summary>Seccomp user notification: prctl(2), seccomp(2), seccomp_unotify(2) (include/uapi/linux/seccomp.h).</summary>
internal static unsafe partial class Libc
{
    internal const int PrSetNoNewPrivs = 38;

    internal const uint SeccompSetModeFilter = 1;
    internal const uint SeccompNewListener = 1 << 3;

    /// <summary>A call that was received waits on even when a signal comes, unless that kills (Linux 5.19); it would be made twice else.</summary>
    internal const uint SeccompWaitKillable = 1 << 5;

    internal const uint NotifReceive = 0xC050_2100;
    internal const uint NotifSend = 0xC018_2101;
    internal const uint NotifIdValid = 0x4008_2102;
    internal const uint NotifAddFd = 0x4018_2103;

    /// <summary>SECCOMP_USER_NOTIF_FLAG_CONTINUE: the kernel carries the call out as it would have.</summary>
    internal const uint NotifContinue = 1;

    /// <summary>SECCOMP_ADDFD_FLAG_SEND: the number of the new descriptor is the call's result.</summary>
    internal const uint AddFdSend = 1 << 1;

    internal static int SeccompNumber { get; } = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 277 : 317; // asm/unistd

    /// <summary>struct sock_filter.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal readonly record struct SockFilter(ushort Code, byte JumpTrue, byte JumpFalse, uint K);

    /// <summary>struct sock_fprog.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct SockFilterProgram
    {
        internal ushort Length;
        internal SockFilter* Filter;
    }

    /// <summary>struct seccomp_notif, with its seccomp_data.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Notification
    {
        internal const int Size = 80;

        internal ulong Id;
        internal int Pid; // the thread's, as this process sees it
        internal uint Flags;
        internal int Number;
        internal uint Architecture;
        internal ulong InstructionPointer;
        internal NotificationArguments Arguments;
    }

    [System.Runtime.CompilerServices.InlineArray(6)]
    internal struct NotificationArguments
    {
        private ulong _first;
    }

    /// <summary>struct seccomp_notif_resp.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct NotificationResponse
    {
        internal ulong Id;
        internal long Value;
        internal int Error;
        internal uint Flags;
    }

    /// <summary>struct seccomp_notif_addfd.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct NotificationAddFd
    {
        internal ulong Id;
        internal uint Flags;
        internal uint Source;
        internal uint New;
        internal uint NewFlags;
    }

    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true)]
    internal static partial int Prctl(int option, nuint argument2, nuint argument3, nuint argument4, nuint argument5);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    internal static partial long Seccomp(nint number, nuint operation, nuint flags, SockFilterProgram* program);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    internal static partial int IoctlNotification(SafeHandle listener, nuint request, void* argument);

    /// <summary>ioctl(2) of a program that has a device open.</summary>
    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    internal static partial int Ioctl(SafeHandle file, nuint request, void* argument);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int StatXPath(int directory, string path, int flags, uint mask, out Statx result);
}
