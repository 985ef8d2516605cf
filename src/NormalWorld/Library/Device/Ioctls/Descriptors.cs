using Microsoft.Win32.SafeHandles;
using RestrictedTee.NormalWorld.Interop;
using RestrictedTee.NormalWorld.Uapi;

namespace RestrictedTee.NormalWorld.Device.Ioctls;

/// <summary>Makes the descriptors that ioctls return.</summary>
internal static class Descriptors
{
    /// <exception cref="TeeDriverException">EBADF.</exception>
    internal static SafeFileHandle Duplicate(SafeFileHandle handle)
    {
        int fd = Libc.Dup(handle);
        return fd >= 0 ? new SafeFileHandle(fd, ownsHandle: true) : throw new TeeDriverException(Errno.EBADF, "Not an open descriptor.");
    }

    /// <summary>A descriptor for a registration, which has nothing to map.</summary>
    internal static SafeFileHandle Token() => File.OpenHandle("/dev/null");

    internal static TeeDriverException NotOpen(long fd) => new(Errno.EBADF, $"Descriptor {fd} is not open.");
}
