using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using RestrictedTee.NormalWorld.Interop;
using RestrictedTee.NormalWorld.Uapi;

namespace RestrictedTee.NormalWorld.Device.Ioctls;

/// <summary>Makes the descriptors that ioctls return.</summary>
internal static class Descriptors
{
    /// <exception cref="TeeDriverException">EBADF; EMFILE: this process has no descriptor left.</exception>
    internal static SafeFileHandle Duplicate(SafeFileHandle handle)
    {
        int fd = Libc.Dup(handle);
        if (fd >= 0)
            return new SafeFileHandle(fd, ownsHandle: true);
        throw Marshal.GetLastPInvokeError() == (int)Errno.EMFILE
            ? new TeeDriverException(Errno.EMFILE, "This process has no descriptor left.")
            : new TeeDriverException(Errno.EBADF, "Not an open descriptor.");
    }

    /// <summary>A descriptor for a registration, which has nothing to map.</summary>
    /// <exception cref="TeeDriverException">EMFILE.</exception>
    internal static SafeFileHandle Token()
    {
        try
        {
            return File.OpenHandle("/dev/null");
        }
        catch (IOException e)
        {
            throw new TeeDriverException(Errno.EMFILE, e.Message);
        }
    }

    internal static TeeDriverException NotOpen(long fd) => new(Errno.EBADF, $"Descriptor {fd} is not open.");
}
