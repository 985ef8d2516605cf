using System.Runtime.InteropServices;

namespace RestrictedTee.SmcTransport.Interop;

/// <summary>memfd and mappings: include/uapi/linux/memfd.h, asm-generic/mman.h, fcntl.h.</summary>
internal static partial class Libc
{
    internal const uint MfdCloexec = 0x0001;
    internal const uint MfdAllowSealing = 0x0002;

    internal const int ProtNone = 0;
    internal const int ProtRead = 1;
    internal const int ProtWrite = 2;

    internal const int MapShared = 0x01;
    internal const int MapPrivate = 0x02;
    internal const int MapFixed = 0x10;
    internal const int MapAnonymous = 0x20;
    internal const int MapNoReserve = 0x4000;

    internal const int FAddSeals = 1033;
    internal const int FGetSeals = 1034;
    internal const int SealSeal = 0x0001;
    internal const int SealShrink = 0x0002;
    internal const int SealGrow = 0x0004;
    internal const int SealWrite = 0x0008;
    internal const int SealFutureWrite = 0x0010;

    internal static readonly nint MapFailed = -1;

    [LibraryImport(Library, EntryPoint = "memfd_create", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int MemfdCreate(string name, uint flags);

    [LibraryImport(Library, EntryPoint = "ftruncate", SetLastError = true)]
    internal static partial int FTruncate(int fd, long length);

    [LibraryImport(Library, EntryPoint = "fcntl", SetLastError = true)]
    internal static partial int FCntl(int fd, int command, int argument);

    [LibraryImport(Library, EntryPoint = "mmap", SetLastError = true)]
    internal static partial nint Mmap(nint address, nuint length, int protection, int flags, int fd, long offset);

    [LibraryImport(Library, EntryPoint = "munmap", SetLastError = true)]
    internal static partial int Munmap(nint address, nuint length);

    [LibraryImport(Library, EntryPoint = "lseek", SetLastError = true)]
    internal static partial long LSeek(int fd, long offset, int whence);
}
