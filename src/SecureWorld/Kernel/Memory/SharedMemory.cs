using RestrictedTee.SecureWorld.Interop;
using RestrictedTee.SmcTransport.NormalRam;

namespace RestrictedTee.SecureWorld.Kernel.Memory;

/// <summary>
/// Normal memory that a call may use: one stretch of a bank, or pages from anywhere, mapped side by side. Holds its banks.
/// </summary>
internal sealed class SharedMemory : MemoryObject
{
    private readonly RamBank[] _banks;
    private readonly nint _mapping;
    private readonly nuint _mappingLength;

    private SharedMemory(ulong cookie, nint address, ulong size, RamBank[] banks, nint mapping, nuint mappingLength)
    {
        Cookie = cookie;
        Address = address;
        Size = size;
        _banks = banks;
        _mapping = mapping;
        _mappingLength = mappingLength;
    }

    internal override ulong Cookie { get; }

    internal override ulong Size { get; }

    internal override nint Address { get; }

    internal override bool IsRestricted => false;

    /// <summary>A private copy of the whole.</summary>
    internal unsafe byte[] ToArray() => new ReadOnlySpan<byte>((void*)Address, checked((int)Size)).ToArray();

    /// <summary>A stretch of one bank; null when no bank holds it.</summary>
    internal static SharedMemory? FromRange(NormalRamMap ram, PhysicalRange range, ulong cookie)
    {
        if (!ram.TryFind(range, out RamBank bank) || !bank.TryAddReference())
            return null;
        nint address = bank.BaseAddress + (nint)(range.Start.Value - bank.Range.Start.Value);
        return new SharedMemory(cookie, address, range.Length, [bank], 0, 0);
    }

    /// <summary>
    /// Pages from a page list, already copied to private memory. When they follow each other in one bank the bank's own
    /// mapping serves; otherwise each run of pages is mapped again behind the one before it.
    /// </summary>
    /// <returns>Null when a page lies outside of normal RAM, or the process has no mapping left.</returns>
    internal static SharedMemory? FromPages(NormalRamMap ram, ReadOnlySpan<ulong> pages, uint firstOffset, ulong size, ulong cookie)
    {
        if (IsOneRun(pages))
        {
            return PhysicalRange.TryCreate(new PhysicalAddress(pages[0]) + firstOffset, size, out PhysicalRange range)
                ? FromRange(ram, range, cookie)
                : null;
        }

        nuint length = (nuint)pages.Length * PhysicalAddress.PageSize;
        nint mapping = Libc.Mmap(0, length, 0, Libc.MapPrivate | Libc.MapAnonymous | Libc.MapNoReserve, -1, 0);
        if (mapping == Libc.MapFailed)
            return null;
        var banks = new List<RamBank>();
        if (MapRuns(ram, pages, mapping, banks))
            return new SharedMemory(cookie, mapping + (nint)firstOffset, size, [.. banks], mapping, length);
        _ = Libc.Munmap(mapping, length);
        banks.ForEach(bank => bank.Release());
        return null;
    }

    protected override void OnLastReference()
    {
        if (_mapping != 0)
            _ = Libc.Munmap(_mapping, _mappingLength);
        foreach (RamBank bank in _banks)
            bank.Release();
    }

    private static bool IsOneRun(ReadOnlySpan<ulong> pages)
    {
        for (int i = 1; i < pages.Length; i++)
        {
            if (unchecked(pages[i] - pages[i - 1]) != PhysicalAddress.PageSize)
                return false;
        }

        return true;
    }

    private static bool MapRuns(NormalRamMap ram, ReadOnlySpan<ulong> pages, nint mapping, List<RamBank> banks)
    {
        for (int start = 0; start < pages.Length;)
        {
            int count = 1;
            while (start + count < pages.Length && unchecked(pages[start + count] - pages[start]) == (ulong)count * PhysicalAddress.PageSize)
                count++;
            ulong length = (ulong)count * PhysicalAddress.PageSize;
            if (!PhysicalRange.TryCreate(new PhysicalAddress(pages[start]), length, out PhysicalRange run) || !ram.TryFind(run, out RamBank bank))
                return false;
            if (!banks.Contains(bank))
            {
                if (!bank.TryAddReference())
                    return false;
                banks.Add(bank);
            }

            nint at = mapping + ((nint)start * PhysicalAddress.PageSize);
            int fd = (int)bank.Memfd.DangerousGetHandle();
            long offset = (long)(run.Start.Value - bank.Range.Start.Value);
            if (Libc.Mmap(at, (nuint)length, Libc.ProtRead | Libc.ProtWrite, Libc.MapShared | Libc.MapFixed, fd, offset) == Libc.MapFailed)
                return false;
            start += count;
        }

        return true;
    }
}
