namespace RestrictedTee.SmcTransport.NormalRam;

/// <summary>
/// The banks of normal RAM that a world knows. Look-ups are lock-free; plugging and unplugging replace the list.
/// </summary>
internal sealed class NormalRamMap : IDisposable
{
    private readonly object _lock = new(); // serialises plug and unplug; never held while a bank is used
    private RamBank[] _banks = [];

    internal IReadOnlyList<RamBank> Banks => Volatile.Read(ref _banks);

    /// <summary>Adds a bank.</summary>
    /// <returns>False when it overlaps one that is there already.</returns>
    internal bool TryPlug(RamBank bank)
    {
        lock (_lock)
        {
            if (_banks.Any(other => other.Range.Overlaps(bank.Range)))
                return false;
            Volatile.Write(ref _banks, [.. _banks, bank]);
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
        lock (_lock)
        {
            RamBank? bank = Array.Find(_banks, b => b.Range.Start == start);
            if (bank is null || !bank.TryRetire())
                return false;
            Volatile.Write(ref _banks, Array.FindAll(_banks, b => b != bank));
            bank.Unmap();
            return true;
        }
    }

    /// <summary>Finds the one bank that holds the whole range.</summary>
    internal bool TryFind(PhysicalRange range, out RamBank bank)
    {
        foreach (RamBank candidate in Volatile.Read(ref _banks))
        {
            if (candidate.Range.Contains(range))
            {
                bank = candidate;
                return true;
            }
        }

        bank = null!;
        return false;
    }

    public void Dispose()
    {
        foreach (RamBank bank in Interlocked.Exchange(ref _banks, []))
            bank.Dispose();
    }
}
