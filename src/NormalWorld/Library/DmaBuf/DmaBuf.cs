using Microsoft.Win32.SafeHandles;
using RestrictedTee.NormalWorld.Device;
using RestrictedTee.NormalWorld.Interop;
using RestrictedTee.SmcTransport.Board;
using RestrictedTee.SmcTransport.Interop;
using RestrictedTee.SmcTransport.Lifetimes;

namespace RestrictedTee.NormalWorld.DmaBuf;

/// <summary>
/// A restricted buffer as the normal world has it: a counted object with a name for its content and no way to it. The last
/// reference, be it a handle, an attachment, a registration with the TEE or a descriptor in another process, frees the
/// buffer in the secure world, which scrubs it.
/// </summary>
internal sealed class DmaBufObject(RestrictedHeap heap, ulong cookie, ulong size)
{
    private readonly object _lock = new(); // protects _exported; a leaf
    private ReferenceCount _references = new();
    private ExportedDmaBuf? _exported;

    internal RestrictedHeap Heap => heap;

    internal ulong Cookie => cookie;

    internal ulong Size => size;

    /// <summary>Raised when the last reference has gone, before the secure world is told.</summary>
    internal event Action? Released;

    internal DmaBufObject AddReference() =>
        _references.TryAdd() ? this : throw new TeeDriverException(Errno.EBADF, "The dma-buf has been freed.");

    internal void Release()
    {
        if (!_references.Release())
            return;
        Released?.Invoke();
        heap.Free(cookie);
    }

    /// <summary>A descriptor that other processes can hold; all descriptors together count as one reference.</summary>
    internal SafeFileHandle Export(DmaBufExports exports)
    {
        lock (_lock)
        {
            if (_exported is { IsOpen: true })
                return _exported.Duplicate();
            AddReference();
            try
            {
                _exported = exports.Add(this);
            }
            catch
            {
                Release();
                throw;
            }

            return _exported.TakeFirst();
        }
    }
}

/// <summary>
/// What a dma-buf is to a process that was given its descriptor: the read end of a pipe that never carries anything. It has an
/// identity, it can be duplicated and passed on, mmap refuses it, and the write end hears when the last copy is closed,
/// however its holder ended.
/// </summary>
internal sealed class ExportedDmaBuf
{
    private readonly SafeFileHandle _write;
    private readonly WeakReference<SafeFileHandle> _lastHanded;
    private SafeFileHandle? _first;

    internal ExportedDmaBuf(DmaBufObject buffer)
    {
        Buffer = buffer;
        (SafeFileHandle read, _write) = PipeEnd.CreatePipe();
        _first = read;
        _lastHanded = new WeakReference<SafeFileHandle>(read);
        Identity = FileIdentity.Of(read);
    }

    internal DmaBufObject Buffer { get; }

    internal FileIdentity Identity { get; }

    internal SafeFileHandle WriteEnd => _write;

    internal bool IsOpen { get; set; } = true;

    internal SafeFileHandle TakeFirst()
    {
        SafeFileHandle first = _first!;
        _first = null;
        return first;
    }

    /// <summary>Another descriptor for the same pipe, by way of /proc: the one handed out before may have been closed by now.</summary>
    internal SafeFileHandle Duplicate() =>
        File.OpenHandle($"/proc/self/fd/{_write.DangerousGetHandle()}", FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
}

/// <summary>Which file a descriptor is, whatever its number.</summary>
internal readonly record struct FileIdentity(uint DeviceMajor, uint DeviceMinor, ulong Inode)
{
    internal static FileIdentity Of(SafeFileHandle handle) =>
        Interop.Libc.StatX(handle, "", Interop.Libc.AtEmptyPath, Interop.Libc.StatxInode, out Interop.Libc.Statx stat) == 0
            ? new FileIdentity(stat.DeviceMajor, stat.DeviceMinor, stat.Inode)
            : throw new TeeDriverException(Errno.EBADF, "Not an open descriptor.");
}

/// <summary>The dma-bufs that have descriptors, and the thread that notices when the last descriptor of one is closed.</summary>
internal sealed unsafe class DmaBufExports : IDisposable
{
    private readonly object _lock = new(); // protects _exports and _thread; a leaf
    private readonly Dictionary<FileIdentity, ExportedDmaBuf> _exports = [];
    private readonly PipeEnd _wakeRead;
    private readonly PipeEnd _wakeWrite;
    private Thread? _thread;
    private volatile bool _disposed;

    internal DmaBufExports()
    {
        (SafeFileHandle read, SafeFileHandle write) = PipeEnd.CreatePipe();
        _wakeRead = new PipeEnd(read);
        _wakeWrite = new PipeEnd(write);
    }

    internal ExportedDmaBuf Add(DmaBufObject buffer)
    {
        var export = new ExportedDmaBuf(buffer);
        lock (_lock)
        {
            _exports.Add(export.Identity, export);
            if (_thread is null)
            {
                _thread = new Thread(Watch, maxStackSize: 256 * 1024) { IsBackground = true, Name = "dma-buf descriptors" };
                _thread.Start();
            }
        }

        _wakeWrite.WriteAll([1]);
        return export;
    }

    /// <summary>The dma-buf that a descriptor stands for, with a reference taken; null when it stands for none.</summary>
    internal DmaBufObject? Find(SafeFileHandle descriptor)
    {
        FileIdentity identity = FileIdentity.Of(descriptor);
        lock (_lock)
            return _exports.TryGetValue(identity, out ExportedDmaBuf? export) ? export.Buffer.AddReference() : null;
    }

    public void Dispose()
    {
        _disposed = true;
        try
        {
            _wakeWrite.WriteAll([1]);
        }
        catch (IOException)
        {
            // The watcher has stopped already.
        }
    }

    private void Watch()
    {
        Span<byte> drained = stackalloc byte[64];
        while (!_disposed)
        {
            ExportedDmaBuf[] exports;
            lock (_lock)
                exports = [.. _exports.Values];
            var fds = new SmcTransport.Interop.Libc.PollFd[exports.Length + 1];
            fds[0] = new SmcTransport.Interop.Libc.PollFd { Fd = (int)_wakeRead.Handle.DangerousGetHandle(), Events = SmcTransport.Interop.Libc.PollIn };
            for (int i = 0; i < exports.Length; i++)
                fds[i + 1] = new SmcTransport.Interop.Libc.PollFd { Fd = (int)exports[i].WriteEnd.DangerousGetHandle() };
            fixed (SmcTransport.Interop.Libc.PollFd* p = fds)
                _ = SmcTransport.Interop.Libc.Poll(p, (nuint)fds.Length, -1);
            while (_wakeRead.TryRead(drained) > 0)
            {
            }

            for (int i = 0; i < exports.Length; i++)
            {
                if ((fds[i + 1].Returned & SmcTransport.Interop.Libc.PollErr) != 0)
                    CloseAtBorder(exports[i]);
            }
        }
    }

    /// <summary>What becomes of one buffer must not end the thread that watches over all.</summary>
    private void CloseAtBorder(ExportedDmaBuf export)
    {
        try
        {
            Close(export);
        }
        catch (Exception e)
        {
            Serilog.Log.Error("A dma-buf could not be freed: {Type} at {Place}", e.GetType().Name, e.TargetSite?.ToString());
        }
    }

    private void Close(ExportedDmaBuf export)
    {
        lock (_lock)
        {
            _exports.Remove(export.Identity);
            export.IsOpen = false;
        }

        export.WriteEnd.Dispose();
        export.Buffer.Release();
    }
}
