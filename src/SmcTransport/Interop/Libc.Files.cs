using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace RestrictedTee.SmcTransport.Interop;

/// <summary>Files and what they are: open(2), statx(2), fstatfs(2). x86-64 and arm64 share these layouts.</summary>
internal static partial class Libc
{
    internal const int ORdwr = 2;
    internal const int OAccMode = 3;

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
        [FieldOffset(28)]
        internal ushort Mode;

        [FieldOffset(40)]
        internal ulong Size;
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
}
