using Microsoft.Win32.SafeHandles;
using RestrictedTee.NormalWorld.Uapi;

namespace RestrictedTee.NormalWorld.Interop;

/// <summary>Which file it is, whatever the descriptor or the mapping by which it is known.</summary>
internal readonly record struct FileIdentity(uint DeviceMajor, uint DeviceMinor, ulong Inode)
{
    /// <exception cref="TeeDriverException">EBADF.</exception>
    internal static FileIdentity Of(SafeFileHandle handle) =>
        Libc.StatX(handle, "", Libc.AtEmptyPath, Libc.StatxInode, out Libc.Statx stat) == 0
            ? new FileIdentity(stat.DeviceMajor, stat.DeviceMinor, stat.Inode)
            : throw new TeeDriverException(Errno.EBADF, "Not an open descriptor.");
}
