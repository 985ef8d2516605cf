using RestrictedTee.SecureWorld.Interop;
using RestrictedTee.SmcTransport.Abi;

namespace RestrictedTee.SecureWorld.ProtectedMemory;

/// <summary>How the memory of the secure world is to be had.</summary>
internal enum SecretMemoryChoice
{
    /// <summary>memfd_secret where the kernel has it, else the fallback.</summary>
    Auto,

    /// <summary>memfd_secret or nothing.</summary>
    Require,

    /// <summary>The fallback, for trying it out and for testing.</summary>
    Off,
}

/// <summary>
/// Memory that is mapped by this process alone: memfd_secret, or anonymous memory locked as far as the limits allow.
/// </summary>
/// <remarks>
/// The secretmem descriptor is closed as soon as it is mapped, because pidfd_getfd could take it out of the process; the
/// mapping is kept out of forks and out of core dumps.
/// </remarks>
internal sealed unsafe class SecretMapping : IDisposable
{
    private nint _address;

    private SecretMapping(nint address, int length, MemoryProtection protection)
    {
        _address = address;
        Length = length;
        Protection = protection;
    }

    internal int Length { get; }

    internal MemoryProtection Protection { get; }

    internal nint Address => _address;

    internal Span<byte> Span => new((void*)_address, Length);

    /// <exception cref="IOException">Nothing can be mapped, or memfd_secret is required and refused.</exception>
    internal static SecretMapping Create(int length, SecretMemoryChoice choice)
    {
        if (choice != SecretMemoryChoice.Off)
        {
            if (TryMapSecret(length) is { } secret)
                return secret;
            if (choice == SecretMemoryChoice.Require)
                throw Libc.Failed("memfd_secret");
        }

        nint address = Libc.Mmap(0, (nuint)length, Libc.ProtRead | Libc.ProtWrite, Libc.MapPrivate | Libc.MapAnonymous, -1, 0);
        if (address == Libc.MapFailed)
            throw Libc.Failed("mmap of secure memory");
        bool locked = Libc.Mlock(address, (nuint)length) == 0;
        KeepPrivate(address, length);
        return new SecretMapping(address, length, locked ? MemoryProtection.Locked : MemoryProtection.Anonymous);
    }

    public void Dispose()
    {
        if (_address == 0)
            return;
        Span.Clear();
        Unmap();
    }

    /// <summary>Unmaps memory that is known to be zero.</summary>
    internal void Unmap()
    {
        if (_address != 0)
            _ = Libc.Munmap(_address, (nuint)Length);
        _address = 0;
    }

    private static SecretMapping? TryMapSecret(int length)
    {
        int fd = (int)Libc.MemfdSecret(Libc.SysMemfdSecret, 0);
        if (fd < 0)
            return null;
        try
        {
            if (Libc.FTruncate(fd, length) < 0)
                return null;
            nint address = Libc.Mmap(0, (nuint)length, Libc.ProtRead | Libc.ProtWrite, Libc.MapShared, fd, 0);
            if (address == Libc.MapFailed)
                return null;
            KeepPrivate(address, length);
            return new SecretMapping(address, length, MemoryProtection.SecretMemory);
        }
        finally
        {
            _ = Libc.Close(fd);
        }
    }

    private static void KeepPrivate(nint address, int length)
    {
        if (Libc.Madvise(address, (nuint)length, Libc.MadvDontFork) < 0 || Libc.Madvise(address, (nuint)length, Libc.MadvDontDump) < 0)
            throw Libc.Failed("madvise");
    }
}
