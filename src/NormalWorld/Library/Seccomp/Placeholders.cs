using Microsoft.Win32.SafeHandles;
using RestrictedTee.NormalWorld.DeviceNodes;
using RestrictedTee.NormalWorld.Interop;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Interop;
using Libc = RestrictedTee.NormalWorld.Interop.Libc;

namespace RestrictedTee.NormalWorld.Seccomp;

/// <summary>
/// What clients hold in the place of devices and of registrations: the read end of a pipe, one for each. It can be duplicated, inherited and passed on; it is
/// known again by its inode; and the write end here hears when the last copy is closed, however its holder ended.
/// </summary>
internal sealed class Placeholders : IDisposable
{
    private readonly object _lock = new(); // protects _files; a leaf
    private readonly Dictionary<FileIdentity, (SafeFileHandle Write, IDisposable Held)> _files = [];
    private readonly PipeEnd _wakeRead;
    private readonly PipeEnd _wakeWrite;
    private volatile bool _isDisposed;

    internal Placeholders()
    {
        (SafeFileHandle read, SafeFileHandle write) = PipeEnd.CreatePipe();
        (_wakeRead, _wakeWrite) = (new PipeEnd(read), new PipeEnd(write));
        new Thread(Watch, maxStackSize: 256 * 1024) { IsBackground = true, Name = "clients' descriptors" }.Start();
    }

    /// <summary>Makes one, to be given away and closed here; what it stands for is disposed when its last copy is closed, or when none can be made.</summary>
    /// <exception cref="TeeDriverException">EMFILE.</exception>
    internal SafeFileHandle Add(IDisposable held)
    {
        try
        {
            (SafeFileHandle read, SafeFileHandle write) = DescriptorReserve.CreatePipe();
            lock (_lock)
                _files.Add(FileIdentity.Of(read), (write, held));
            return read;
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>The one that was made has been given away, or closed.</summary>
    internal void Watched() => Wake();

    /// <summary>Whether the last copy has been closed of what stands for something, be it heard of yet or not.</summary>
    internal bool HasHungUp(IDisposable held)
    {
        var closed = new List<int>();
        lock (_lock)
        {
            if (_files.Values.Where(file => file.Held == held).Select(file => file.Write).FirstOrDefault() is not { } write)
                return true;
            new HangupPoll().Wait([(int)write.DangerousGetHandle()], _wakeRead, milliseconds: 0, closed);
        }

        return closed.Count > 0;
    }

    /// <summary>The file behind a descriptor of a client; null when it is none.</summary>
    internal ClientFile? Find(FileIdentity file)
    {
        lock (_lock)
            return _files.TryGetValue(file, out (SafeFileHandle Write, IDisposable Held) found) ? found.Held as ClientFile : null;
    }

    /// <summary>Which file a descriptor of a client is; null when it is none.</summary>
    internal static FileIdentity? Identify(int thread, int descriptor) =>
        Libc.StatXPath(ClientPaths.AtFdCwd, $"/proc/{thread}/fd/{descriptor}", 0, Libc.StatxInode, out Libc.Statx stat) == 0
            ? new FileIdentity(stat.DeviceMajor, stat.DeviceMinor, stat.Inode)
            : null;

    /// <summary>Closes all files.</summary>
    public void Dispose()
    {
        _isDisposed = true;
        Wake();
    }

    private void Wake() => _wakeWrite.WriteAll([1]);

    private void Watch()
    {
        var poll = new HangupPoll();
        var closed = new List<int>();
        Span<byte> drained = stackalloc byte[256];
        while (!_isDisposed)
        {
            KeyValuePair<FileIdentity, (SafeFileHandle Write, IDisposable Held)>[] watched;
            lock (_lock)
                watched = [.. _files];
            poll.Wait([.. watched.Select(entry => (int)entry.Value.Write.DangerousGetHandle())], _wakeRead, Timeout.Infinite, closed);
            while (_wakeRead.TryRead(drained) > 0)
            {
            }

            foreach (int index in closed)
                Close(watched[index].Key);
        }

        foreach (FileIdentity identity in _files.Keys.ToArray())
            Close(identity);
        _wakeRead.Dispose();
        _wakeWrite.Dispose();
    }

    private void Close(FileIdentity identity)
    {
        (SafeFileHandle Write, IDisposable Held) found;
        lock (_lock)
        {
            if (!_files.Remove(identity, out found))
                return;
        }

        found.Write.Dispose();
        found.Held.Dispose();
    }
}
