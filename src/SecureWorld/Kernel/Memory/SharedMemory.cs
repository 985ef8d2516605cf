using RestrictedTee.SecureWorld.Interop;
using RestrictedTee.SecureWorld.MemorySharing;
using RestrictedTee.SmcTransport.Abi.Ffa;
using RestrictedTee.SmcTransport.NormalRam;

namespace RestrictedTee.SecureWorld.Kernel.Memory;

/// <summary>
/// Normal memory that a call may use: one stretch of a bank, or pages from anywhere, mapped side by side. While it lives its
/// pages are in use, or retrieved, so that they can be neither lent away nor reclaimed.
/// </summary>
internal sealed class SharedMemory : PlainMemory
{
    private readonly MemoryRelayer _relayer;
    private readonly MemoryLease[] _leases;
    private readonly MemoryHandle? _retrieved;
    private readonly nint _mapping;
    private readonly nuint _mappingLength;

    private SharedMemory(MemoryRelayer relayer, ulong cookie, nint address, ulong size, MemoryLease[] leases, MemoryHandle? retrieved = null, nint mapping = 0, nuint mappingLength = 0)
    {
        _relayer = relayer;
        Cookie = cookie;
        Address = address;
        Size = size;
        _leases = leases;
        _retrieved = retrieved;
        _mapping = mapping;
        _mappingLength = mappingLength;
    }

    internal override ulong Cookie { get; }

    internal override ulong Size { get; }

    internal override nint Address { get; }

    /// <summary>Copies a part, which the caller knows to lie inside, to private memory.</summary>
    internal unsafe void CopyTo(ulong offset, Span<byte> to) => new ReadOnlySpan<byte>((void*)(Address + (nint)offset), to.Length).CopyTo(to);

    /// <summary>Fills a part, which the caller knows to lie inside.</summary>
    internal unsafe void CopyFrom(ulong offset, ReadOnlySpan<byte> from) => from.CopyTo(new Span<byte>((void*)(Address + (nint)offset), from.Length));

    /// <summary>A stretch of one bank; null when no bank holds it, or it is not the normal world's to use.</summary>
    internal static SharedMemory? FromRange(MemoryRelayer relayer, PhysicalRange range, ulong cookie) =>
        relayer.Uses.TryUse(range, out MemoryLease lease) ? new SharedMemory(relayer, cookie, AddressOf(lease), range.Length, [lease]) : null;

    /// <summary>
    /// Pages from a page list, already copied to private memory. When they follow each other in one bank the bank's own
    /// mapping serves; otherwise each run of pages is mapped again behind the one before it.
    /// </summary>
    /// <returns>Null when a page is not normal memory to use, or the process has no mapping left.</returns>
    internal static SharedMemory? FromPages(MemoryRelayer relayer, ReadOnlySpan<ulong> pages, uint firstOffset, ulong size, ulong cookie)
    {
        if (!TryFindRuns(relayer.Ram, pages, out PhysicalRange[] runs))
            return null;
        if (runs.Length == 1)
            return FromRange(relayer, PhysicalRange.Create(runs[0].Start + firstOffset, size), cookie);
        var leases = new List<MemoryLease>(runs.Length);
        foreach (PhysicalRange run in runs)
        {
            if (!relayer.Uses.TryUse(run, out MemoryLease lease))
                break;
            leases.Add(lease);
        }

        MemoryLease[] taken = [.. leases];
        nint mapping = taken.Length == runs.Length ? MapSideBySide(taken, (nuint)pages.Length * PhysicalAddress.PageSize) : 0;
        if (mapping != 0)
            return new SharedMemory(relayer, cookie, mapping + (nint)firstOffset, size, taken, null, mapping, (nuint)pages.Length * PhysicalAddress.PageSize);
        Array.ForEach(taken, lease => lease.Dispose());
        return null;
    }

    /// <summary>
    /// Memory that the normal world has shared with the TEE and that the TEE has retrieved once for this object, which
    /// relinquishes it at its end.
    /// </summary>
    /// <returns>Null when the process has no mapping left; the retrieval is given back.</returns>
    internal static SharedMemory? FromShare(MemoryRelayer relayer, MemoryTransaction share)
    {
        ulong cookie = share.Handle.Value;
        ulong size = share.Bytes;
        MemoryLease[] parts = share.LeaseRanges();
        if (parts.Length == 1)
            return new SharedMemory(relayer, cookie, AddressOf(parts[0]), size, parts, share.Handle);
        nint mapping = MapSideBySide(parts, (nuint)size);
        if (mapping != 0)
            return new SharedMemory(relayer, cookie, mapping, size, parts, share.Handle, mapping, (nuint)size);
        Array.ForEach(parts, part => part.Dispose());
        relayer.Relinquish(PartitionId.Tee, share.Handle, FfaMemoryFlags.None);
        return null;
    }

    protected override void OnLastReference()
    {
        if (_mapping != 0)
            _ = Libc.Munmap(_mapping, _mappingLength);
        Array.ForEach(_leases, lease => lease.Dispose());
        if (_retrieved is { } handle)
            _relayer.Relinquish(PartitionId.Tee, handle, FfaMemoryFlags.None);
    }

    private static unsafe nint AddressOf(MemoryLease lease)
    {
        fixed (byte* address = lease.Span) // mapped memory does not move, and the object holds the lease as long as it lives
            return (nint)address;
    }

    /// <summary>Pages that follow each other in one bank. Banks can lie side by side, and are mapped apart all the same.</summary>
    private static bool TryFindRuns(NormalRamMap ram, ReadOnlySpan<ulong> pages, out PhysicalRange[] runs)
    {
        var found = new List<PhysicalRange>();
        runs = [];
        for (int start = 0; start < pages.Length;)
        {
            int count = 1;
            int most = pages.Length - start;
            if (PhysicalRange.TryCreate(new PhysicalAddress(pages[start]), PhysicalAddress.PageSize, out PhysicalRange first) && ram.TryFind(first, out RamBank bank))
                most = (int)Math.Min((ulong)most, (bank.Range.Start.Value + bank.Range.Length - pages[start]) / PhysicalAddress.PageSize);
            while (count < most && unchecked(pages[start + count] - pages[start]) == (ulong)count * PhysicalAddress.PageSize)
                count++;
            if (!PhysicalRange.TryCreate(new PhysicalAddress(pages[start]), (ulong)count * PhysicalAddress.PageSize, out PhysicalRange run))
                return false;
            found.Add(run);
            start += count;
        }

        runs = [.. found];
        return true;
    }

    /// <summary>Maps parts of banks one behind the other; 0 when the process has no mapping left.</summary>
    private static nint MapSideBySide(ReadOnlySpan<MemoryLease> parts, nuint length)
    {
        nint mapping = Libc.Mmap(0, length, 0, Libc.MapPrivate | Libc.MapAnonymous | Libc.MapNoReserve, -1, 0);
        if (mapping == Libc.MapFailed)
            return 0;
        nint at = mapping;
        foreach (MemoryLease part in parts)
        {
            RamBank bank = part.Bank!;
            int fd = (int)bank.Memfd.DangerousGetHandle();
            long offset = (long)(part.Range.Start.Value - bank.Range.Start.Value);
            if (Libc.Mmap(at, (nuint)part.Range.Length, Libc.ProtRead | Libc.ProtWrite, Libc.MapShared | Libc.MapFixed, fd, offset) == Libc.MapFailed)
            {
                _ = Libc.Munmap(mapping, length);
                return 0;
            }

            at += (nint)part.Range.Length;
        }

        return mapping;
    }
}
