namespace RestrictedTee.SecureWorld.Firewall;

/// <summary>Which bytes of a buffer were written: ranges in order, that neither overlap nor touch. One thread at a time.</summary>
internal sealed class WrittenRanges
{
    private readonly List<(ulong Start, ulong End)> _ranges = [];
    private int _last; // which one changed last

    internal IReadOnlyList<(ulong Start, ulong End)> Ranges => _ranges;

    /// <param name="start">Where the bytes begin.</param>
    /// <param name="length">How many there are.</param>
    /// <param name="mayGrow">Whether there may be one range more; if not, one beside takes them up, and what lies between.</param>
    /// <returns>By how many ranges there are more, which can be fewer.</returns>
    internal int Add(ulong start, ulong length, bool mayGrow)
    {
        ulong end = start + length;
        if (TryGoOn(start, end))
            return 0;
        int at = FirstEndingAtOrBehind(start);
        if (at == _ranges.Count || _ranges[at].Start > end)
        {
            if (mayGrow || _ranges.Count == 0)
            {
                _ranges.Insert(at, (start, end));
                _last = at;
                return 1;
            }

            at = Math.Min(at, _ranges.Count - 1);
        }

        int behind = at;
        (start, end) = (Math.Min(start, _ranges[at].Start), Math.Max(end, _ranges[at].End));
        while (behind + 1 < _ranges.Count && _ranges[behind + 1].Start <= end)
            end = Math.Max(end, _ranges[++behind].End);
        _ranges[at] = (start, end);
        _ranges.RemoveRange(at + 1, behind - at);
        _last = at;
        return at - behind;
    }

    /// <summary>A burst that goes on where the one before ended, or lies within, changes that range alone, unless it comes to the next.</summary>
    private bool TryGoOn(ulong start, ulong end)
    {
        if (_last >= _ranges.Count || start < _ranges[_last].Start || start > _ranges[_last].End)
            return false;
        if (_last + 1 < _ranges.Count && _ranges[_last + 1].Start <= end)
            return false;
        if (end > _ranges[_last].End)
            _ranges[_last] = (_ranges[_last].Start, end);
        return true;
    }

    private int FirstEndingAtOrBehind(ulong start)
    {
        (int low, int high) = (0, _ranges.Count);
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_ranges[middle].End < start)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }
}
