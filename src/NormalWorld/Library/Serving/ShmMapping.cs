using Microsoft.Win32.SafeHandles;
using RestrictedTee.NormalWorld.Uapi;

namespace RestrictedTee.NormalWorld.Serving;

/// <summary>A memfd of the server, mapped here, and the id by which it goes in requests. The mapping needs no descriptor.</summary>
internal sealed unsafe class ShmMapping : IDisposable
{
    private readonly nint _address;

    /// <exception cref="TeeDriverException">ENOMEM.</exception>
    internal ShmMapping(int id, ulong size, SafeFileHandle memfd)
    {
        Id = id;
        Size = size;
        _address = Interop.Libc.Mmap(0, (nuint)size, Interop.Libc.ProtRead | Interop.Libc.ProtWrite, Interop.Libc.MapShared, memfd, 0);
        if (_address == Interop.Libc.MapFailed)
            throw new TeeDriverException(Errno.ENOMEM, $"{size} bytes of shared memory cannot be mapped.");
    }

    internal int Id { get; }

    internal ulong Size { get; }

    /// <summary>When it was laid by.</summary>
    internal long IdleSince { get; set; }

    /// <summary>For who has not disposed it.</summary>
    internal Span<byte> Span => new((void*)_address, (int)Size);

    public void Dispose() => _ = Interop.Libc.Munmap(_address, (nuint)Size);
}
