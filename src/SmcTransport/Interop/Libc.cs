using System.Runtime.InteropServices;

namespace RestrictedTee.SmcTransport.Interop;

/// <summary>The system calls of the transport, one partial file per family. Nothing else in this project calls native code.</summary>
internal static partial class Libc
{
    private const string Library = "libc";

    internal const int EINTR = 4;
    internal const int EAGAIN = 11;
    internal const int ENOENT = 2;
    internal const int EEXIST = 17;
    internal const int EMFILE = 24;
    internal const int EPIPE = 32;
    internal const int ELOOP = 40;
    internal const int ECONNRESET = 104;

    /// <summary>The exception for a system call that failed when it should not have; names the call and the errno.</summary>
    internal static IOException Failed(string call)
    {
        int errno = Marshal.GetLastPInvokeError();
        return new IOException($"{call} failed: {Marshal.GetPInvokeErrorMessage(errno)} (errno {errno}).", errno);
    }

    [LibraryImport(Library, EntryPoint = "close", SetLastError = true)]
    internal static partial int Close(int fd);
}
