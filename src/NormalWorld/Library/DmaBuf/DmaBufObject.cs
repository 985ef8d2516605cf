using Microsoft.Win32.SafeHandles;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Interleaving;
using RestrictedTee.SmcTransport.Lifetimes;

namespace RestrictedTee.NormalWorld.DmaBuf;

/// <summary>
/// A buffer as the normal world has it: a counted object with a name for its content and, when it is restricted, no way to it. The
/// last reference, be it a handle, an attachment, a registration with the TEE or a descriptor in another process, frees the memory.
/// </summary>
internal sealed class DmaBufObject(IDmaBufMemory memory, ulong size)
{
    private readonly object _lock = new(); // protects _exported; taken before that of the exports
    private ReferenceCount _references = new();
    private ExportedDmaBuf? _exported;

    internal IDmaBufExporter Exporter => memory.Exporter;

    internal IDmaBufMemory Memory => memory;

    /// <exception cref="TeeDriverException">EINVAL, ENOMEM, ENODEV: memory that the TEE was to be told of.</exception>
    internal ulong Cookie => Sharing.ProvideCookie();

    /// <summary>The cookie, when the TEE knows the buffer already; else 0.</summary>
    internal ulong KnownCookie => memory.KnownCookie;

    internal ulong Size => size;

    internal DmaBufSharing Sharing { get; } = new(memory, size);

    /// <summary>Raised when the last reference has gone, before the memory is freed.</summary>
    internal event Action? Released;

    internal DmaBufObject AddReference() =>
        _references.TryAdd() ? this : throw new TeeDriverException(Errno.EBADF, "The dma-buf has been freed.");

    internal void Release()
    {
        if (!_references.Release())
            return;
        Released?.Invoke();
        Sharing.End();
        memory.Release();
    }

    internal DmaBufInfo Describe() => new(
        Exporter.Name, Exporter.UseCase, size, Exporter.Restriction.Kind, Exporter.Restriction.By, Exporter.Offers, Sharing.IsRevoked, Sharing.AttachmentCount);

    /// <summary>A descriptor that other processes can hold; all descriptors together count as one reference.</summary>
    internal SafeFileHandle Export(DmaBufExports exports)
    {
        lock (_lock)
        {
            if (_exported is not null && exports.Duplicate(_exported) is { } another)
                return another;
            AddReference();
            InterleavingPoint.Reach("DmaBufObject.Export");
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
