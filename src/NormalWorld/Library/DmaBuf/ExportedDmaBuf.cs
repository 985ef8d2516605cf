using Microsoft.Win32.SafeHandles;
using RestrictedTee.NormalWorld.Interop;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Board;
using RestrictedTee.SmcTransport.Interop;
using RestrictedTee.SmcTransport.Lifetimes;

namespace RestrictedTee.NormalWorld.DmaBuf;

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
