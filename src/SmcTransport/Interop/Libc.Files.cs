using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace RestrictedTee.SmcTransport.Interop;

/// <summary>Files and what they are: open(2), statx(2), fstatfs(2). x86-64 and arm64 share these layouts.</summary>
internal static partial class Libc
{
    internal const int OWronly = 1;
    internal const int ORdwr = 2;
    internal const int OAccMode = 3;
    internal const int OCreat = 0x40;
    internal static readonly int ODirectory = Arm ? 0x4000 : 0x10000; // the two that differ: asm/fcntl.h of arm64
    internal static readonly int ONoFollow = Arm ? 0x8000 : 0x20000;

    internal const int AtSymlinkNoFollow = 0x100;
    internal const int AtRemoveDir = 0x200;
    internal const int LockExclusiveNow = 2 | 4; // LOCK_EX | LOCK_NB

    internal const int AtFdCwd = -100;
    internal const int AtEmptyPath = 0x1000;
    internal const uint StatxBasic = 0x7FF;

    internal const int ModeType = 0xF000; // S_IFMT
    internal const int ModeRegular = 0x8000; // S_IFREG

    /// <summary>HUGETLBFS_MAGIC (include/uapi/linux/magic.h).</summary>
    internal const long HugetlbfsMagic = 0x958458f6;

    /// <summary>struct statx (include/uapi/linux/stat.h), as far as it is used.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    internal struct Statx
    {
        [FieldOffset(20)]
        internal uint Uid;

        [FieldOffset(28)]
        internal ushort Mode;

        [FieldOffset(32)]
        internal ulong Inode;

        [FieldOffset(40)]
        internal ulong Size;

        [FieldOffset(136)]
        internal uint DeviceMajor;

        [FieldOffset(140)]
        internal uint DeviceMinor;
    }

    /// <summary>struct statfs (include/uapi/asm-generic/statfs.h), as far as it is used.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 120)]
    internal struct StatFs
    {
        [FieldOffset(0)]
        internal long Type;
    }

    [LibraryImport(Library, EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Open(string path, int flags);

    [LibraryImport(Library, EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int StatX(int folder, string path, int flags, uint mask, out Statx result);

    [LibraryImport(Library, EntryPoint = "fstatfs", SetLastError = true)]
    internal static partial int FStatFs(SafeHandle fd, out StatFs result);

    [LibraryImport(Library, EntryPoint = "openat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int OpenAt(int folder, string name, int flags, uint mode);

    [LibraryImport(Library, EntryPoint = "mkdirat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int MkDirAt(int folder, string name, uint mode);

    [LibraryImport(Library, EntryPoint = "unlinkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int UnlinkAt(int folder, string name, int flags);

    [LibraryImport(Library, EntryPoint = "fchmod", SetLastError = true)]
    internal static partial int FChMod(SafeHandle fd, uint mode);

    [LibraryImport(Library, EntryPoint = "flock", SetLastError = true)]
    internal static partial int FLock(SafeHandle fd, int operation);

    private static bool Arm => RuntimeInformation.ProcessArchitecture == Architecture.Arm64;
}
