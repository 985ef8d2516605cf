using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace RestrictedTee.SmcTransport.Interop;

/// <summary>
/// One end of a pipe, non-blocking, with a wait that another thread can break: disposing an end wakes whoever waits on it.
/// </summary>
internal sealed unsafe class PipeEnd : IDisposable
{
    private readonly object _lock = new(); // protects the making of _wake against the disposing; a leaf
    private readonly SafeFileHandle _fd;
    private SafeFileHandle? _wake; // an eventfd, once somebody has waited: most ends never do, and a descriptor each adds up
    private volatile bool _disposed;

    /// <summary>Takes the descriptor over.</summary>
    internal PipeEnd(SafeFileHandle fd)
    {
        _fd = fd;
        int raw = (int)fd.DangerousGetHandle();
        if (Libc.FCntl(raw, Libc.FSetFl, Libc.FCntl(raw, Libc.FGetFl, 0) | Libc.ONonblock) >= 0)
            return;
        IOException failure = Libc.Failed("fcntl(F_SETFL)");
        fd.Dispose();
        throw failure;
    }

    internal SafeFileHandle Handle => _fd;

    internal static (SafeFileHandle Read, SafeFileHandle Write) CreatePipe()
    {
        int* fds = stackalloc int[2];
        if (Libc.Pipe2(fds, Libc.OCloexec) < 0)
            throw Libc.Failed("pipe2");
        return (new SafeFileHandle(fds[0], ownsHandle: true), new SafeFileHandle(fds[1], ownsHandle: true));
    }

    /// <summary>Reads what is there.</summary>
    /// <returns>The count, 0 when the writer has gone (or this end was disposed), -1 when nothing is there yet.</returns>
    internal int TryRead(Span<byte> buffer)
    {
        if (_disposed)
            return 0;
        try
        {
            fixed (byte* p = buffer)
            {
                nint count = Libc.Read(_fd, p, (nuint)buffer.Length);
                if (count >= 0)
                    return (int)count;
            }
        }
        catch (ObjectDisposedException)
        {
            return 0;
        }

        return Marshal.GetLastPInvokeError() is Libc.EAGAIN or Libc.EINTR ? -1 : throw Libc.Failed("read");
    }

    /// <summary>Blocks until there is something to read, the writer has gone, or this end is disposed.</summary>
    internal void WaitReadable() => Wait(Libc.PollIn);

    /// <summary>Writes all of it, waiting for room if the reader lags.</summary>
    internal void WriteAll(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            nint count;
            fixed (byte* p = buffer)
                count = Libc.Write(_fd, p, (nuint)buffer.Length);
            if (count > 0)
                buffer = buffer[(int)count..];
            else if (Marshal.GetLastPInvokeError() is Libc.EAGAIN)
                Wait(Libc.PollOut);
            else if (Marshal.GetLastPInvokeError() is not Libc.EINTR)
                throw Libc.Failed("write");
        }
    }

    /// <summary>Writes what there is room for now, and waits for nothing.</summary>
    /// <returns>How much; 0 when the pipe is full.</returns>
    internal int TryWrite(ReadOnlySpan<byte> buffer)
    {
        while (true)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            nint count;
            fixed (byte* p = buffer)
                count = Libc.Write(_fd, p, (nuint)buffer.Length);
            if (count >= 0)
                return (int)count;
            if (Marshal.GetLastPInvokeError() is Libc.EAGAIN)
                return 0;
            if (Marshal.GetLastPInvokeError() is not Libc.EINTR)
                throw Libc.Failed("write");
        }
    }

    /// <remarks>Whoever waits holds both descriptors until it has woken; they are closed then, and not by the collector.</remarks>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_disposed)
                return;
            _disposed = true;
        }

        if (_wake is { } wake)
        {
            ulong one = 1;
            Libc.Write(wake, (byte*)&one, sizeof(ulong));
            wake.Dispose();
        }

        _fd.Dispose();
    }

    private int Raw => (int)_fd.DangerousGetHandle();

    /// <summary>The eventfd that disposing rings; null when that has happened.</summary>
    private SafeFileHandle? Wake()
    {
        lock (_lock)
        {
            if (_disposed || _wake is not null)
                return _disposed ? null : _wake;
            int fd = Libc.EventFd(0, Libc.OCloexec | Libc.ONonblock);
            return _wake = fd < 0 ? throw Libc.Failed("eventfd") : new SafeFileHandle(fd, ownsHandle: true);
        }
    }

    private void Wait(short events)
    {
        if (Wake() is not { } wake)
            return;

        // Holding references keeps both descriptors from being reused by another open while we wait on them.
        bool fdHeld = false, wakeHeld = false;
        try
        {
            try
            {
                _fd.DangerousAddRef(ref fdHeld);
                wake.DangerousAddRef(ref wakeHeld);
            }
            catch (ObjectDisposedException)
            {
                return;
            }

            Libc.PollFd* fds = stackalloc Libc.PollFd[2];
            fds[0] = new Libc.PollFd { Fd = Raw, Events = events };
            fds[1] = new Libc.PollFd { Fd = (int)wake.DangerousGetHandle(), Events = Libc.PollIn };
            if (!_disposed && Libc.Poll(fds, 2, -1) < 0 && Marshal.GetLastPInvokeError() != Libc.EINTR)
                throw Libc.Failed("poll");
        }
        finally
        {
            if (fdHeld)
                _fd.DangerousRelease();
            if (wakeHeld)
                wake.DangerousRelease();
        }
    }
}
