using System.Runtime.InteropServices;

namespace RestrictedTee.NormalWorld.Interop;

/// <summary>Processes of one's own: posix_spawn(3), waitid(2), kill(2).</summary>
internal static partial class Libc
{
    internal const int Eintr = 4;
    internal const int SigKill = 9;

    internal const int PPid = 1;
    internal const int WExited = 0x4;
    internal const int WNoWait = 0x0100_0000;

    /// <summary>siginfo_t has 128 bytes; si_code and si_status of a child lie as on every 64-bit Linux (asm-generic/siginfo.h).</summary>
    [StructLayout(LayoutKind.Explicit, Size = 128)]
    internal struct SigInfo
    {
        [FieldOffset(8)]
        internal int Code;

        [FieldOffset(24)]
        internal int Status;
    }

    /// <summary>si_code of a child that exited by itself; of any other, si_status is a signal.</summary>
    internal const int CldExited = 1;

    /// <summary>posix_spawn_file_actions_t: 80 bytes in glibc and in musl, with room to spare.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 256)]
    internal struct SpawnFileActions;

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_init")]
    internal static partial int SpawnFileActionsInit(ref SpawnFileActions actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addopen", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int SpawnFileActionsAddOpen(ref SpawnFileActions actions, int fd, string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_destroy")]
    internal static partial int SpawnFileActionsDestroy(ref SpawnFileActions actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn", StringMarshalling = StringMarshalling.Utf8)]
    internal static unsafe partial int Spawn(out int pid, string path, ref SpawnFileActions actions, nint attributes, byte** arguments, byte** environment);

    /// <summary>posix_spawnattr_t: 336 bytes in glibc, with room to spare.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 512)]
    internal struct SpawnAttributes;

    /// <summary>sigset_t: 128 bytes.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 128)]
    internal struct SignalSet;

    internal const short SpawnSetSignalDefaults = 0x04;
    internal const short SpawnSetSignalMask = 0x08;

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_init")]
    internal static partial int SpawnAttributesInit(ref SpawnAttributes attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_destroy")]
    internal static partial int SpawnAttributesDestroy(ref SpawnAttributes attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setflags")]
    internal static partial int SpawnAttributesSetFlags(ref SpawnAttributes attributes, short flags);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigdefault")]
    internal static partial int SpawnAttributesSetDefaults(ref SpawnAttributes attributes, ref SignalSet signals);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigmask")]
    internal static partial int SpawnAttributesSetMask(ref SpawnAttributes attributes, ref SignalSet signals);

    [LibraryImport("libc", EntryPoint = "sigfillset")]
    internal static partial int FillSignals(ref SignalSet signals);

    [LibraryImport("libc", EntryPoint = "sigemptyset")]
    internal static partial int EmptySignals(ref SignalSet signals);

    /// <summary>As <see cref="Spawn"/>, looking for the program in the folders of PATH.</summary>
    [LibraryImport("libc", EntryPoint = "posix_spawnp", StringMarshalling = StringMarshalling.Utf8)]
    internal static unsafe partial int SpawnByName(out int pid, string file, nint actions, ref SpawnAttributes attributes, byte** arguments, byte** environment);

    [LibraryImport("libc", EntryPoint = "waitid", SetLastError = true)]
    internal static partial int WaitId(int idType, int id, out SigInfo info, int options);

    internal const nint PidFdOpenNumber = 434; // of every architecture

    internal const nint PidFdGetFdNumber = 438; // as above

    internal static nint GetDents64Number { get; } = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 61 : 217; // asm/unistd

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    internal static partial long PidFdGetFd(nint number, SafeHandle process, int descriptor, uint flags);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    internal static unsafe partial long GetDents64(nint number, SafeHandle folder, byte* entries, nuint length);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    internal static partial long PidFdOpen(nint number, int pid, uint flags);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    internal static partial int Kill(int pid, int signal);
}
