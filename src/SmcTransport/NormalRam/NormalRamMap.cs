using System.Collections.Immutable;

namespace RestrictedTee.SmcTransport.NormalRam;

/// <summary>
/// The banks of normal RAM that a world knows, in the order of their addresses. Look-ups are lock-free; plugging and unplugging
/// replace the tree. Each takes the logarithm of the number of banks, since every piece of memory that a client shares is one.
/// </summary>
internal sealed class NormalRamMap : IDisposable
{
    private readonly object _lock = new(); // serialises plug and unplug; never held while a bank is used
    private ImmutableList<Entry> _banks = [];

    /// <summary>Raised when a bank has been taken out, for who keeps something about it; with no lock held.</summary>
    internal event Action<RamBank>? Unplugged;

    /// <summary>How many there are.</summary>
    internal int Count => Volatile.Read(ref _banks).Count;

    /// <summary>Adds a bank.</summary>
    /// <returns>False when it overlaps one that is there already.</returns>
    internal bool TryPlug(RamBank bank)
    {
        lock (_lock)
        {
            int behind = FirstBehind(_banks, bank.Range.Start);
            if (behind > 0 && _banks[behind - 1].Bank!.Range.Overlaps(bank.Range))
                return false;
            if (behind < _banks.Count && _banks[behind].Bank!.Range.Overlaps(bank.Range))
                return false;
            Volatile.Write(ref _banks, _banks.Insert(behind, new Entry(bank.Range.Start, bank)));
            return true;
        }
    }

    /// <summary>
    /// Takes out and unmaps the bank that starts at <paramref name="start"/>, unless somebody still uses it. So whoever holds a
    /// reference to a bank finds it here for as long.
    /// </summary>
    /// <returns>False when there is none, or it is in use.</returns>
    internal bool TryUnplug(PhysicalAddress start)
    {
        RamBank? bank;
        lock (_lock)
        {
            int at = FirstBehind(_banks, start) - 1;
            bank = at < 0 ? null : _banks[at].Bank;
            if (bank is null || bank.Range.Start != start || !bank.TryRetire())
                return false;
            Volatile.Write(ref _banks, _banks.RemoveAt(at));
            bank.Unmap();
        }

        Unplugged?.Invoke(bank);
        return true;
    }

    /// <summary>Finds the one bank that holds the whole range.</summary>
    internal bool TryFind(PhysicalRange range, out RamBank bank)
    {
        ImmutableList<Entry> banks = Volatile.Read(ref _banks);
        int at = FirstBehind(banks, range.Start) - 1;
        bank = at < 0 ? null! : banks[at].Bank!;
        if (at >= 0 && bank.Range.Contains(range))
            return true;
        bank = null!;
        return false;
    }

    /// <summary>Whether the bank is plugged in.</summary>
    internal bool Contains(RamBank bank) => TryFind(bank.Range, out RamBank found) && found == bank;

    public void Dispose()
    {
        foreach (Entry entry in Interlocked.Exchange(ref _banks, []))
            entry.Bank!.Dispose();
    }

    /// <summary>The index of the first bank that starts behind an address.</summary>
    private static int FirstBehind(ImmutableList<Entry> banks, PhysicalAddress address)
    {
        int found = banks.BinarySearch(new Entry(address, null));
        return found < 0 ? ~found : found + 1;
    }

    private readonly record struct Entry(PhysicalAddress Start, RamBank? Bank) : IComparable<Entry>
    {
        public int CompareTo(Entry other) => Start.CompareTo(other.Start);
    }
}
