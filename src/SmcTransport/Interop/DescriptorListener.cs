using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace RestrictedTee.SmcTransport.Interop;

/// <summary>Waits for one connection of a <see cref="DescriptorSocket"/>.</summary>
internal sealed class DescriptorListener : IDisposable
{
    private readonly SafeFileHandle _socket;

    private DescriptorListener(SafeFileHandle socket) => _socket = socket;

    /// <exception cref="SocketException">The name cannot be made.</exception>
    internal static DescriptorListener Listen(string path, int backlog)
    {
        SafeFileHandle socket = UnixAddress.CreateSocket();
        try
        {
            UnixAddress.Bind(socket, path);
            if (Libc.Listen(socket, backlog) < 0)
                throw UnixAddress.Failed("listen");
            return new DescriptorListener(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Takes the next connection.</summary>
    /// <returns>Null when none came in time, or waiting was given up.</returns>
    internal unsafe DescriptorSocket? Accept(TimeSpan timeout)
    {
        long deadline = Environment.TickCount64 + (long)timeout.TotalMilliseconds;
        while (deadline - Environment.TickCount64 is > 0 and var left)
        {
            var ready = new Libc.PollFd { Fd = (int)_socket.DangerousGetHandle(), Events = Libc.PollIn };
            if (Libc.Poll(&ready, 1, (int)left) <= 0)
                continue;
            int fd = Libc.Accept(_socket, 0, 0, Libc.SockCloexec);
            if (fd >= 0)
                return DescriptorSocket.Adopt(new SafeFileHandle(fd, ownsHandle: true));
            if (Marshal.GetLastPInvokeError() is not (Libc.EINTR or Libc.EAGAIN or Libc.ECONNABORTED))
                return null;
        }

        return null;
    }

    /// <summary>Ends the wait: a listener that is shut down accepts nothing more.</summary>
    internal void GiveUp()
    {
        try
        {
            _ = Libc.Shutdown(_socket, Libc.ShutReadWrite);
        }
        catch (ObjectDisposedException)
        {
            // Nobody waits any more.
        }
    }

    public void Dispose() => _socket.Dispose();
}
