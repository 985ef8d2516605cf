using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using RestrictedTee.NormalWorld.DeviceNodes;
using RestrictedTee.NormalWorld.Interop;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Interop;
using Libc = RestrictedTee.NormalWorld.Interop.Libc;

namespace RestrictedTee.NormalWorld.Seccomp;

/// <summary>
/// Notices that a client has closed shared memory. The client has an open description of the memory's file of its own, and its pages; when the
/// last descriptor and the last mapping are gone, the kernel closes that description, and tells (inotify).
/// </summary>
internal sealed class SharedMemoryWatch : IDisposable
{
    private const uint CloseOnExec = 1; // MFD_CLOEXEC

    private readonly object _lock = new(); // protects _watched, and is held from adding a watch to noting it
    private readonly Dictionary<int, IDisposable> _watched = [];
    private readonly SafeFileHandle _inotify;
    private readonly SafeFileHandle _stop; // a file of no content: that it is closed wakes the thread
    private volatile bool _isDisposed;

    /// <exception cref="TeeDriverException">EMFILE.</exception>
    internal SharedMemoryWatch()
    {
        int fd = Libc.InotifyInit(Libc.InotifyCloseOnExec);
        if (fd < 0)
            throw new TeeDriverException(Errno.EMFILE, "There is no inotify instance to be had.");
        _inotify = new SafeFileHandle(fd, ownsHandle: true);
        int stop = SmcTransport.Interop.Libc.MemfdCreate("stop", CloseOnExec);
        if (stop < 0 || Libc.InotifyAddWatch(_inotify, $"/proc/self/fd/{stop}", Libc.InotifyClose) < 0)
        {
            _inotify.Dispose();
            throw new TeeDriverException(Errno.EMFILE, "There is no inotify watch to be had.");
        }

        _stop = new SafeFileHandle(stop, ownsHandle: true);
        new Thread(Watch, maxStackSize: 256 * 1024) { IsBackground = true, Name = "clients' shared memory" }.Start();
    }

    /// <summary>A descriptor with a description of its own for the memory's file, to be given away; its closing closes the memory, which also goes when there is none.</summary>
    /// <exception cref="TeeDriverException">EMFILE.</exception>
    internal SafeFileHandle Add(SafeFileHandle memory, IDisposable shm)
    {
        try
        {
            DescriptorReserve.Check(memory);
            return Watched(memory, shm);
        }
        catch
        {
            shm.Dispose();
            throw;
        }
    }

    private SafeFileHandle Watched(SafeFileHandle memory, IDisposable shm)
    {
        string path = $"/proc/self/fd/{memory.DangerousGetHandle()}";
        try
        {
            lock (_lock)
            {
                SafeFileHandle opened = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
                int watch = Libc.InotifyAddWatch(_inotify, path, Libc.InotifyClose);
                if (watch < 0)
                {
                    opened.Dispose();
                    throw new TeeDriverException(Errno.EMFILE, "There is no inotify watch to be had.");
                }

                _watched[watch] = shm;
                return opened;
            }
        }
        catch (IOException e)
        {
            throw new TeeDriverException(Errno.EMFILE, e.Message);
        }
    }

    public void Dispose()
    {
        _isDisposed = true;
        _stop.Dispose();
    }

    private void Watch()
    {
        Span<byte> events = stackalloc byte[64 * Libc.InotifyEvent.Size];
        while (!_isDisposed)
        {
            int length = RandomAccess.Read(_inotify, events, fileOffset: 0);
            foreach (Libc.InotifyEvent closed in MemoryMarshal.Cast<byte, Libc.InotifyEvent>(events[..length]))
                Close(closed.Watch);
        }

        _inotify.Dispose(); // the clients have gone, and all that they had is closed with their files
    }

    private void Close(int watch)
    {
        IDisposable? shm;
        lock (_lock)
        {
            if (!_watched.Remove(watch, out shm))
                return;
            _ = Libc.InotifyRemoveWatch(_inotify, watch);
        }

        shm.Dispose();
    }
}
