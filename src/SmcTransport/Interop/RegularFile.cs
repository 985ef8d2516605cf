using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace RestrictedTee.SmcTransport.Interop;

/// <summary>
/// Reads files out of folders that somebody else has filled. A FIFO blocks whoever opens it, a device may never end, a sparse
/// file may be larger than memory: only regular files of a bounded size are read, and it is looked at before it is opened
/// and again afterwards, when it cannot be exchanged any more.
/// </summary>
internal static class RegularFile
{
    /// <summary>The whole content.</summary>
    /// <exception cref="IOException">It is not a regular file, is larger than allowed, or cannot be read; the message says which.</exception>
    internal static byte[] ReadAllBytes(string path, long maxSize)
    {
        if (Libc.StatX(Libc.AtFdCwd, path, 0, Libc.StatxBasic, out Libc.Statx before) < 0)
            throw Unreadable();
        Check(before, maxSize);
        int fd = Libc.Open(path, Libc.OCloexec | Libc.ONonblock);
        if (fd < 0)
            throw Unreadable();
        using var handle = new SafeFileHandle(fd, ownsHandle: true);
        if (Libc.StatX(fd, "", Libc.AtEmptyPath, Libc.StatxBasic, out Libc.Statx stat) < 0)
            throw Unreadable();
        Check(stat, maxSize);
        byte[] content = new byte[stat.Size];
        int length = 0;
        while (length < content.Length && RandomAccess.Read(handle, content.AsSpan(length), length) is var count and > 0)
            length += count;
        return length == content.Length ? content : throw new IOException("it was cut short while it was read.");
    }

    private static void Check(in Libc.Statx stat, long maxSize)
    {
        if ((stat.Mode & Libc.ModeType) != Libc.ModeRegular)
            throw new IOException("it is not a regular file.");
        if (stat.Size > (ulong)maxSize)
            throw new IOException($"it has {stat.Size} bytes; {maxSize} are allowed.");
    }

    private static IOException Unreadable() => new($"it cannot be read: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}.");
}
