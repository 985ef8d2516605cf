namespace RestrictedTee.SecureWorld.Firewall;

/// <summary>Which bytes of a buffer were written: ranges in order, that neither overlap nor touch. One thread at a time.</summary>
internal sealed class WrittenRanges
{
    /// <summary>
    /// A descriptor can write lines that lie apart, so that the normal world chooses how many ranges there are. From here on the last one
    /// takes up what comes: never less than was written is discarded.
    /// </summary>
    internal const int MaxRanges = 8192;

    private readonly List<(ulong Start, ulong End)> _ranges = [];

    internal IReadOnlyList<(ulong Start, ulong End)> Ranges => _ranges;

    internal void Add(ulong start, ulong length)
    {
        ulong end = start + length;
        int at = FirstEndingAtOrBehind(start);
        if (at == _ranges.Count || _ranges[at].Start > end)
        {
            if (_ranges.Count < MaxRanges)
            {
                _ranges.Insert(at, (start, end));
                return;
            }

            at = Math.Min(at, _ranges.Count - 1);
        }

        int behind = at;
        (start, end) = (Math.Min(start, _ranges[at].Start), Math.Max(end, _ranges[at].End));
        while (behind + 1 < _ranges.Count && _ranges[behind + 1].Start <= end)
            end = Math.Max(end, _ranges[++behind].End);
        _ranges[at] = (start, end);
        _ranges.RemoveRange(at + 1, behind - at);
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
