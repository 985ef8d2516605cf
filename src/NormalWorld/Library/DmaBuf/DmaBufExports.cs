using Microsoft.Win32.SafeHandles;
using RestrictedTee.NormalWorld.Interop;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Board;
using RestrictedTee.SmcTransport.Interleaving;
using RestrictedTee.SmcTransport.Interop;

namespace RestrictedTee.NormalWorld.DmaBuf;

/// <summary>The dma-bufs that have descriptors, and the thread that notices when the last descriptor of one is closed.</summary>
internal sealed unsafe class DmaBufExports : IDisposable
{
    private readonly object _lock = new(); // protects _exports and _thread; a leaf
    private readonly Dictionary<FileIdentity, ExportedDmaBuf> _exports = [];
    private readonly Dictionary<FileIdentity, DmaBufObject> _mapped = []; // likewise
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
            if (_disposed)
            {
                export.WriteEnd.Dispose();
                export.TakeFirst().Dispose();
                throw new TeeDriverException(Errno.ENODEV, "The secure world has gone.");
            }

            _exports.Add(export.Identity, export);
            InterleavingPoint.Reach("DmaBufExports.Add");
            if (_thread is null)
            {
                _thread = new Thread(Watch, maxStackSize: 256 * 1024) { IsBackground = true, Name = "dma-buf descriptors" };
                _thread.Start();
            }
        }

        _wakeWrite.WriteAll([1]);
        return export;
    }

    /// <summary>
    /// Knows a buffer by the file that other processes map it by, and keeps it until that is disposed: whoever hands such descriptors out hears when the
    /// last one, and the last mapping, has gone.
    /// </summary>
    internal IDisposable KeepMapped(DmaBufObject buffer)
    {
        var mapped = new MappedExport(this, buffer.AddReference());
        lock (_lock)
            _mapped.Add(mapped.Identity, buffer);
        return mapped;
    }

    /// <summary>Whether it is a dma-buf.</summary>
    internal bool Has(FileIdentity identity)
    {
        lock (_lock)
            return _mapped.ContainsKey(identity) || _exports.ContainsKey(identity);
    }

    /// <summary>The dma-buf that a descriptor stands for, with a reference taken; null when it stands for none.</summary>
    internal DmaBufObject? Find(SafeFileHandle descriptor)
    {
        FileIdentity identity = FileIdentity.Of(descriptor);
        lock (_lock)
        {
            if (_mapped.TryGetValue(identity, out DmaBufObject? mapped))
                return mapped.AddReference();
            return _exports.TryGetValue(identity, out ExportedDmaBuf? export) ? export.Buffer.AddReference() : null;
        }
    }

    /// <summary>Another descriptor of an export; null when its last one is known to have been closed.</summary>
    internal SafeFileHandle? Duplicate(ExportedDmaBuf export)
    {
        lock (_lock)
            return export.IsOpen ? export.Duplicate() : null;
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            if (_thread is null)
            {
                CloseWake();
                return;
            }
        }

        try
        {
            _wakeWrite.WriteAll([1]);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The watcher has stopped already.
        }
    }

    private void CloseWake()
    {
        _wakeRead.Dispose();
        _wakeWrite.Dispose();
    }

    /// <summary>After the end, what clients still hold is watched until they let go: it has descriptors here, and is charged for.</summary>
    private bool HasEnded()
    {
        lock (_lock)
            return _disposed && _exports.Count == 0;
    }

    private void Watch()
    {
        Span<byte> drained = stackalloc byte[64];
        while (!HasEnded())
        {
            ExportedDmaBuf[] exports;
            lock (_lock)
            {
                InterleavingPoint.Reach("DmaBufExports.Watch");
                exports = [.. _exports.Values];
            }

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

        CloseWake();
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
        InterleavingPoint.Reach("DmaBufExports.HungUp");
        lock (_lock)
        {
            if (HasDescriptor(export))
                return; // one was made anew after the last had been closed and before this was noticed
            _exports.Remove(export.Identity);
            InterleavingPoint.Reach("DmaBufExports.Close");
            export.IsOpen = false;
        }

        export.WriteEnd.Dispose();
        export.Buffer.Release();
    }

    /// <summary>Whether any process has a descriptor at this moment.</summary>
    private static bool HasDescriptor(ExportedDmaBuf export)
    {
        var end = new SmcTransport.Interop.Libc.PollFd { Fd = (int)export.WriteEnd.DangerousGetHandle() };
        _ = SmcTransport.Interop.Libc.Poll(&end, 1, 0);
        return (end.Returned & SmcTransport.Interop.Libc.PollErr) == 0;
    }

    private sealed class MappedExport(DmaBufExports exports, DmaBufObject buffer) : IDisposable
    {
        private int _disposed;

        internal FileIdentity Identity { get; } = FileIdentity.Of(buffer.Memory.File!);

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _disposed, 1) != 0)
                return;
            lock (exports._lock)
                exports._mapped.Remove(Identity);
            buffer.Release();
        }
    }
}
