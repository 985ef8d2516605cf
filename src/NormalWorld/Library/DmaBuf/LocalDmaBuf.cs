using Microsoft.Win32.SafeHandles;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Board;

namespace RestrictedTee.NormalWorld.DmaBuf;

/// <summary>A handle in the process that has the driver.</summary>
internal sealed class LocalDmaBuf : DmaBufHandle
{
    private readonly DmaBufExports _exports;
    private readonly int _shmId;
    private DmaBufObject? _object;

    /// <summary>Takes one reference over.</summary>
    internal LocalDmaBuf(DmaBufObject buffer, DmaBufExports exports, int shmId = -1)
    {
        _object = buffer;
        _exports = exports;
        _shmId = shmId;
    }

    ~LocalDmaBuf() => Dispose(disposing: false);

    public override ulong Size => Object.Size;

    public override string HeapName => Object.Exporter.Name;

    public override UseCase UseCase => Object.Exporter.UseCase;

    public override int ShmId => _shmId;

    public override DmaBufInfo Info => Object.Describe();

    internal override DmaBufSharing Sharing => Object.Sharing;

    /// <exception cref="TeeDriverException">EBADF.</exception>
    internal DmaBufObject Object => _object ?? throw new TeeDriverException(Errno.EBADF, "The dma-buf handle is closed.");

    public override DmaBufHandle Duplicate() => new LocalDmaBuf(Object.AddReference(), _exports);

    public override SafeFileHandle ExportDescriptor() => Object.Export(_exports);

    protected override void Dispose(bool disposing) => Interlocked.Exchange(ref _object, null)?.Release();
}
