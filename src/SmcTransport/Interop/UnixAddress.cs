using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace RestrictedTee.SmcTransport.Interop;

/// <summary>
/// Sequenced-packet sockets and their addresses (unix(7)) by system calls: what <see cref="Socket"/> sets up for itself, an event
/// source, meters and an engine with its thread, costs a cold start of either world several milliseconds.
/// </summary>
internal static class UnixAddress
{
    private const int FamilySize = sizeof(ushort);
    private const int MaxPath = 107; // sockaddr_un.sun_path, less its terminator

    /// <exception cref="SocketException">There is no descriptor left.</exception>
    internal static SafeFileHandle CreateSocket()
    {
        int fd = Libc.Socket(Libc.AfUnix, Libc.SockSeqpacket | Libc.SockCloexec, 0);
        return fd < 0 ? throw Failed("socket") : new SafeFileHandle(fd, ownsHandle: true);
    }

    /// <exception cref="SocketException">Nobody listens there.</exception>
    internal static void Connect(SafeHandle socket, string path)
    {
        ReadOnlySpan<byte> address = Of(path);
        while (Libc.Connect(socket, address, (uint)address.Length) < 0)
        {
            if (Marshal.GetLastPInvokeError() != Libc.EINTR)
                throw Failed(path);
        }
    }

    /// <exception cref="SocketException">The name is taken, or cannot be made.</exception>
    internal static void Bind(SafeHandle socket, string path)
    {
        ReadOnlySpan<byte> address = Of(path);
        if (Libc.Bind(socket, address, (uint)address.Length) < 0)
            throw Failed(path);
    }

    /// <summary>The exception for the system call that has just failed.</summary>
    internal static SocketException Failed(string what)
    {
        int errno = Marshal.GetLastPInvokeError();
        SocketError error = errno switch
        {
            Libc.EMFILE or Libc.ENFILE => SocketError.TooManyOpenSockets,
            Libc.ENOBUFS => SocketError.NoBufferSpaceAvailable,
            Libc.EAGAIN => SocketError.WouldBlock,
            Libc.EACCES or Libc.EPERM => SocketError.AccessDenied,
            Libc.EADDRINUSE => SocketError.AddressAlreadyInUse,
            Libc.ECONNREFUSED => SocketError.ConnectionRefused,
            Libc.ENOENT => SocketError.AddressNotAvailable,
            _ => SocketError.SocketError,
        };
        return new SocketException((int)error, $"{what}: {Marshal.GetPInvokeErrorMessage(errno)} (errno {errno})");
    }

    /// <summary>struct sockaddr_un of a path.</summary>
    private static byte[] Of(string path)
    {
        int length = Encoding.UTF8.GetByteCount(path);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, MaxPath, nameof(path));
        byte[] address = new byte[FamilySize + length + 1];
        MemoryMarshal.Write(address, (ushort)Libc.AfUnix);
        Encoding.UTF8.GetBytes(path, address.AsSpan(FamilySize));
        return address;
    }
}
