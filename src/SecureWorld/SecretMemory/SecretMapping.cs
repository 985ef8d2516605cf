using System.Runtime.InteropServices;
using RestrictedTee.SecureWorld.Interop;
using RestrictedTee.SmcTransport.Abi;
using RestrictedTee.SmcTransport.Lifetimes;
using LockedMemoryLimit = RestrictedTee.SmcTransport.Interop.LockedMemoryLimit;

namespace RestrictedTee.SecureWorld.SecretMemory;

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
/// mapping is kept out of forks and out of core dumps. The owner's reference goes with <see cref="Dispose"/> or
/// <see cref="Release"/>; whoever has a view of it keeps it mapped, and the last one out scrubs and unmaps.
/// </remarks>
internal sealed unsafe class SecretMapping : IMappedMemory, IDisposable
{
    private ReferenceCount _references = new();
    private nint _address;
    private int _disposed;
    private volatile bool _isZero;

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
            {
                throw new IOException(
                    $"The kernel refuses {length} bytes of memfd_secret ({Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}): "
                    + $"{LockedMemoryLimit.Advice((ulong)length)}; boot with secretmem.enable=1, or use --secret-memory auto.");
            }
        }

        nint address = Libc.Mmap(0, (nuint)length, Libc.ProtRead | Libc.ProtWrite, Libc.MapPrivate | Libc.MapAnonymous, -1, 0);
        if (address == Libc.MapFailed)
            throw Libc.Failed("mmap of secure memory");
        bool locked = Libc.Mlock(address, (nuint)length) == 0;
        KeepPrivate(address, length);
        return new SecretMapping(address, length, locked ? MemoryProtection.Locked : MemoryProtection.Anonymous);
    }

    /// <inheritdoc/>
    public bool TryAddReference() => _references.TryAdd();

    /// <inheritdoc/>
    public void Release()
    {
        if (!_references.Release())
            return;
        if (!_isZero)
            Span.Clear();
        _ = Libc.Munmap(_address, (nuint)Length);
        _address = 0;
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(ulong offset, int length) => Span.Slice((int)offset, length);

    /// <summary>Gives up the owner's reference; scrubs and unmaps unless somebody has a view of the memory, who does it then.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
            Release();
    }

    /// <summary>As <see cref="Dispose"/>, of memory that is known to be zero. A view that is held now may write to it, so then it is scrubbed all the same.</summary>
    internal void DisposeZeroed()
    {
        _isZero = !_references.IsShared;
        Dispose();
    }

    /// <summary>
    /// Zeroes the memory, if it is still there. A page of memfd_secret comes into being, zeroed, when it is first touched, and stays
    /// until the mapping goes; each one costs an interrupt of every core. So those that nobody has touched are left uncreated.
    /// </summary>
    internal void Scrub()
    {
        using PinnedView view = PinnedView.Open(this, 0, Length);
        if (Protection != MemoryProtection.SecretMemory || !TryScrubTouched(view.Span))
            view.Span.Clear();
    }

    private bool TryScrubTouched(Span<byte> memory)
    {
        int pageSize = Environment.SystemPageSize;
        byte[] residency = new byte[(memory.Length + pageSize - 1) / pageSize];
        if (Libc.Mincore(_address, (nuint)memory.Length, residency) < 0)
            return false;
        for (int page = 0; page < residency.Length; page++)
        {
            if ((residency[page] & Libc.MincoreResident) != 0)
                memory.Slice(page * pageSize, Math.Min(pageSize, memory.Length - (page * pageSize))).Clear();
        }

        return true;
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
            int errno = Marshal.GetLastPInvokeError(); // of the call that failed, which a close that succeeds would overwrite
            _ = Libc.Close(fd);
            Marshal.SetLastPInvokeError(errno);
        }
    }

    private static void KeepPrivate(nint address, int length)
    {
        if (Libc.Madvise(address, (nuint)length, Libc.MadvDontFork) < 0 || Libc.Madvise(address, (nuint)length, Libc.MadvDontDump) < 0)
            throw Libc.Failed("madvise");
    }
}
