using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
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
    private readonly object _lock = new(); // protects _watched, and is held from adding a watch to noting it
    private readonly Dictionary<int, ClientShm> _watched = [];
    private readonly PipeEnd _inotify;

    /// <exception cref="TeeDriverException">EMFILE.</exception>
    internal SharedMemoryWatch()
    {
        int fd = Libc.InotifyInit(Libc.InotifyCloseOnExec);
        if (fd < 0)
            throw new TeeDriverException(Errno.EMFILE, "There is no inotify instance to be had.");
        _inotify = new PipeEnd(new SafeFileHandle(fd, ownsHandle: true));
        new Thread(Watch, maxStackSize: 256 * 1024) { IsBackground = true, Name = "clients' shared memory" }.Start();
    }

    /// <summary>A descriptor with a description of its own for the memory's file, to be given away; its closing closes the memory.</summary>
    /// <exception cref="TeeDriverException">EMFILE.</exception>
    internal SafeFileHandle Add(SafeFileHandle memory, ClientShm shm)
    {
        string path = $"/proc/self/fd/{memory.DangerousGetHandle()}";
        try
        {
            lock (_lock)
            {
                SafeFileHandle opened = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
                int watch = Libc.InotifyAddWatch(_inotify.Handle, path, Libc.InotifyClose);
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

    public void Dispose() => _inotify.Dispose();

    private void Watch()
    {
        Span<byte> events = stackalloc byte[64 * Libc.InotifyEvent.Size];
        try
        {
            while (_inotify.Read(events) is > 0 and var length)
            {
                foreach (Libc.InotifyEvent closed in MemoryMarshal.Cast<byte, Libc.InotifyEvent>(events[..length]))
                    Close(closed.Watch);
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The clients have gone, and all that they had is closed with their files.
        }
    }

    private void Close(int watch)
    {
        ClientShm? shm;
        lock (_lock)
        {
            if (!_watched.Remove(watch, out shm))
                return;
            _ = Libc.InotifyRemoveWatch(_inotify.Handle, watch);
        }

        shm.Dispose();
    }
}
