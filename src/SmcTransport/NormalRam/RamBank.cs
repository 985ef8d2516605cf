using Microsoft.Win32.SafeHandles;
using RestrictedTee.SmcTransport.Interop;
using RestrictedTee.SmcTransport.Lifetimes;

namespace RestrictedTee.SmcTransport.NormalRam;

/// <summary>
/// One bank of normal RAM: a sealed memfd, mapped whole by both worlds, with a base address on the board.
/// </summary>
/// <remarks>
/// The memfd is sealed against shrinking, so that no peer can take pages away under a reader and turn its next access
/// into SIGBUS; <see cref="Attach"/> refuses a bank that is not. The mapping lives until the last reference is released, and
/// its address is nobody's but the bank's: the bytes are reached through a <see cref="PinnedView"/>, or by who holds a reference.
/// </remarks>
internal sealed unsafe class RamBank : IMappedMemory, IDisposable
{
    private const int RequiredSeals = Libc.SealShrink | Libc.SealGrow;
    private readonly byte* _base;
    private ReferenceCount _references = new();

    private RamBank(SafeFileHandle memfd, PhysicalRange range)
    {
        Memfd = memfd;
        Range = range;
        nint mapping = Libc.Mmap(0, (nuint)range.Length, Libc.ProtRead | Libc.ProtWrite, Libc.MapShared, Raw(memfd), 0);
        if (mapping == Libc.MapFailed)
        {
            IOException failure = Libc.Failed("mmap of a RAM bank");
            memfd.Dispose();
            throw failure;
        }

        _base = (byte*)mapping;
    }

    internal SafeFileHandle Memfd { get; }

    internal PhysicalRange Range { get; }

    /// <summary>Makes a new, zeroed bank. Pages cost memory only once they are touched.</summary>
    internal static RamBank Create(PhysicalRange range, string name)
    {
        SafeFileHandle memfd = CreateSealedMemfd(range.Length, name);
        return new RamBank(memfd, range);
    }

    internal static SafeFileHandle CreateSealedMemfd(ulong length, string name)
    {
        int fd = Libc.MemfdCreate(name, Libc.MfdCloexec | Libc.MfdAllowSealing);
        if (fd < 0)
            throw Libc.Failed("memfd_create");
        var memfd = new SafeFileHandle(fd, ownsHandle: true);
        bool sized = length <= long.MaxValue && Libc.FTruncate(fd, (long)length) == 0;
        if (sized && Libc.FCntl(fd, Libc.FAddSeals, RequiredSeals | Libc.SealSeal) == 0)
            return memfd;
        IOException failure = Libc.Failed(sized ? "fcntl(F_ADD_SEALS)" : "ftruncate");
        memfd.Dispose();
        throw failure;
    }

    /// <summary>Maps a bank that the other world, or a client, has made. Takes the descriptor over, also when it is refused.</summary>
    /// <exception cref="InvalidDataException">The descriptor is no memfd of ordinary pages, is read-only, is not sealed, or has another size.</exception>
    /// <exception cref="IOException">It cannot be mapped.</exception>
    internal static RamBank Attach(SafeFileHandle memfd, PhysicalRange range)
    {
        try
        {
            Check(memfd, range);
        }
        catch
        {
            memfd.Dispose();
            throw;
        }

        return new RamBank(memfd, range);
    }

    private static void Check(SafeFileHandle memfd, PhysicalRange range)
    {
        if (!range.Start.IsPageAligned || range.Length == 0 || range.Length % PhysicalAddress.PageSize != 0)
            throw new InvalidDataException($"RAM bank {range} is not made of whole {PhysicalAddress.PageSize}-byte pages.");
        int seals = Libc.FCntl(Raw(memfd), Libc.FGetSeals, 0);
        if (seals < 0 || (seals & RequiredSeals) != RequiredSeals || (seals & (Libc.SealWrite | Libc.SealFutureWrite)) != 0)
            throw new InvalidDataException($"RAM bank {range} is not a memfd sealed against shrinking and growing and open to writing.");
        long size = Libc.LSeek(Raw(memfd), 0, whence: 2);
        if (size < 0 || (ulong)size < range.Length)
            throw new InvalidDataException($"RAM bank {range} is backed by {size} bytes only.");
        if ((Libc.FCntl(Raw(memfd), Libc.FGetFl, 0) & Libc.OAccMode) != Libc.ORdwr)
            throw new InvalidDataException($"RAM bank {range} is a descriptor that is not open for reading and writing.");
        // Huge pages come from a pool that may be empty, cannot be punched out page by page, and end in SIGBUS where it is.
        if (Libc.FStatFs(memfd, out Libc.StatFs fs) < 0 || fs.Type == Libc.HugetlbfsMagic)
            throw new InvalidDataException($"RAM bank {range} is made of huge pages; banks are made of {PhysicalAddress.PageSize}-byte ones.");
    }

    /// <summary>Whether an address of this process lies in the mapping.</summary>
    internal bool Maps(nint address) => (byte*)address >= _base && (ulong)((byte*)address - _base) < Range.Length;

    /// <summary>The bytes at <paramref name="offset"/>; the caller has checked them against <see cref="Range"/>, and holds a reference.</summary>
    public Span<byte> GetSpan(ulong offset, int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Range.Length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((ulong)length, Range.Length - offset);
        return new Span<byte>(_base + offset, length);
    }

    /// <summary>Keeps the mapping alive; false when it has already gone.</summary>
    public bool TryAddReference() => _references.TryAdd();

    /// <summary>Ends the bank for whoever comes later, unless somebody uses it; it stays mapped until <see cref="Unmap"/>.</summary>
    internal bool TryRetire() => _references.TryReleaseOnly();

    /// <inheritdoc/>
    public void Release()
    {
        if (_references.Release())
            Unmap();
    }

    /// <summary>Unmaps a bank that <see cref="TryRetire"/> has ended.</summary>
    internal void Unmap()
    {
        Libc.Munmap((nint)_base, (nuint)Range.Length);
        Memfd.Dispose();
    }

    /// <summary>Gives up the owner's reference.</summary>
    public void Dispose() => Release();

    private static int Raw(SafeFileHandle handle) => (int)handle.DangerousGetHandle();
}
