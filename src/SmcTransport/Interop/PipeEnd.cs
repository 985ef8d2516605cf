using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace RestrictedTee.SmcTransport.Interop;

/// <summary>
/// One end of a pipe, with waits that another thread can break: disposing an end wakes whoever waits on it.
/// </summary>
/// <remarks>
/// An end is non-blocking, except while <see cref="Read"/> has made it block: to wait in the read itself is one system call
/// where asking, waiting and reading are three, and twelve waits a moment make that the larger part of a call.
/// </remarks>
internal sealed unsafe class PipeEnd : IDisposable
{
    private const long NanosecondsPerSecond = 1_000_000_000;

    private readonly object _lock = new(); // protects the making of _wake against the disposing; a leaf
    private readonly SafeFileHandle _fd;
    private SafeFileHandle? _wake; // an eventfd, once a writer has waited: most ends never do, and a descriptor each adds up
    private volatile bool _disposed;
    private bool _blocks; // what the descriptor is set to; only the one reader changes it
    private int _isReading; // a read that may block is under way

    /// <summary>Takes the descriptor over.</summary>
    internal PipeEnd(SafeFileHandle fd)
    {
        _fd = fd;
        try
        {
            SetBlocking(false);
        }
        catch (IOException)
        {
            fd.Dispose();
            throw;
        }
    }

    internal SafeFileHandle Handle => _fd;

    internal static (SafeFileHandle Read, SafeFileHandle Write) CreatePipe(bool mayBlock = true)
    {
        int* fds = stackalloc int[2];
        if (Libc.Pipe2(fds, Libc.OCloexec | (mayBlock ? 0 : Libc.ONonblock)) < 0)
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
            if (_blocks)
                SetBlocking(false);
            return ReadOnce(buffer);
        }
        catch (ObjectDisposedException)
        {
            return 0;
        }
    }

    /// <summary>Reads what is there, or waits until something is. Reading is for one thread at a time.</summary>
    /// <returns>The count; 0 when the writer has gone, or this end was disposed.</returns>
    internal int Read(Span<byte> buffer)
    {
        try
        {
            if (!_blocks)
                SetBlocking(true);
            int count;
            do
            {
                // Whoever disposes sees the one, or is seen here (both exchanges are full fences).
                Interlocked.Exchange(ref _isReading, 1);
                if (_disposed)
                    return 0;
                count = ReadOnce(buffer);
            }
            while (count < 0 && !_disposed);
            return _disposed ? 0 : count;
        }
        catch (ObjectDisposedException)
        {
            return 0;
        }
        finally
        {
            Volatile.Write(ref _isReading, 0);
        }
    }

    /// <summary>Waits until there is something to read, or for so long; whoever disposes does not end it.</summary>
    /// <param name="ticks">How long, in ticks of <see cref="Stopwatch"/>; less than a second of them.</param>
    internal void WaitReadable(long ticks)
    {
        bool held = false;
        try
        {
            _fd.DangerousAddRef(ref held);
            var fd = new Libc.PollFd { Fd = Raw, Events = Libc.PollIn };
            var time = new Libc.TimeSpec { Nanoseconds = (nint)(ticks * NanosecondsPerSecond / Stopwatch.Frequency) };
            if (Libc.PPoll(&fd, 1, &time, null) < 0 && Marshal.GetLastPInvokeError() != Libc.EINTR)
                throw Libc.Failed("ppoll");
        }
        catch (ObjectDisposedException)
        {
            // Whoever reads next is told.
        }
        finally
        {
            if (held)
                _fd.DangerousRelease();
        }
    }

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
                WaitWritable();
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

        try
        {
            if (Interlocked.CompareExchange(ref _isReading, 0, 0) != 0)
                WakeReader();
        }
        finally
        {
            _fd.Dispose();
        }
    }

    /// <summary>
    /// Wakes the thread that is blocked in a read, by a byte from a writer of our own, which the pipe lends through its name in
    /// /proc. Nobody gets to see the byte: the reader knows that the end is disposed.
    /// </summary>
    private void WakeReader()
    {
        int writer = Libc.Open($"/proc/self/fd/{Raw}", Libc.OWronly | Libc.ONonblock | Libc.OCloexec);
        if (writer < 0)
            throw Libc.Failed("open of a pipe in /proc/self/fd");
        using var handle = new SafeFileHandle(writer, ownsHandle: true);
        byte nothing = 0;
        // A full pipe keeps no reader waiting; the peer may see to it that it is full.
        if (Libc.Write(handle, &nothing, 1) < 0 && Marshal.GetLastPInvokeError() != Libc.EAGAIN)
            throw Libc.Failed("write");
    }

    private void SetBlocking(bool blocks)
    {
        bool held = false;
        try
        {
            _fd.DangerousAddRef(ref held);
            int flags = Libc.FCntl(Raw, Libc.FGetFl, 0);
            if (Libc.FCntl(Raw, Libc.FSetFl, blocks ? flags & ~Libc.ONonblock : flags | Libc.ONonblock) < 0)
                throw Libc.Failed("fcntl(F_SETFL)");
            _blocks = blocks;
        }
        finally
        {
            if (held)
                _fd.DangerousRelease();
        }
    }

    /// <returns>The count, 0 when the writer has gone, -1 when nothing was there or the wait was interrupted.</returns>
    private int ReadOnce(Span<byte> buffer)
    {
        nint count;
        fixed (byte* p = buffer)
            count = Libc.Read(_fd, p, (nuint)buffer.Length);
        if (count >= 0)
            return (int)count;
        return Marshal.GetLastPInvokeError() is Libc.EAGAIN or Libc.EINTR ? -1 : throw Libc.Failed("read");
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

    private void WaitWritable()
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
            fds[0] = new Libc.PollFd { Fd = Raw, Events = Libc.PollOut };
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
