using RestrictedTee.SmcTransport.Interleaving;

namespace RestrictedTee.SmcTransport.NormalRam;

/// <summary>
/// First fit over a line of addresses, with neighbours merged on free: the allocator of restricted pools and of secure RAM in
/// the one world, of shared memory in the other. They hold a handful of blocks at a time, so a sorted
/// list is both the smallest and the fastest structure for it.
/// </summary>
internal sealed class RangeAllocator
{
    private readonly List<(int Start, int Length)> _free;
    private readonly int _granularity;

    internal RangeAllocator(int size, int granularity)
    {
        Size = size;
        _granularity = granularity;
        _free = [(0, size)];
    }

    internal int Size { get; }

    internal int FreeBytes => _free.Sum(range => range.Length);

    internal int LargestFree => _free.Count == 0 ? 0 : _free.Max(range => range.Length);

    /// <summary>What a request for so many bytes takes up.</summary>
    internal long RoundUp(long size) => (size + _granularity - 1) / _granularity * _granularity;

    /// <summary>The offset of the range, or -1 when there is no room.</summary>
    internal int Allocate(long size)
    {
        long length = RoundUp(size);
        for (int i = 0; i < _free.Count; i++)
        {
            (int start, int available) = _free[i];
            if (available < length)
                continue;
            InterleavingPoint.Reach("RangeAllocator.Allocate");
            if (available == length)
                _free.RemoveAt(i);
            else
                _free[i] = (start + (int)length, available - (int)length);
            return start;
        }

        return -1;
    }

    /// <summary>Takes a range that the caller chooses; false when a part of it is taken already.</summary>
    internal bool TryTake(int start, int length)
    {
        int at = _free.FindIndex(range => range.Start <= start && start + length <= range.Start + range.Length);
        if (at < 0)
            return false;
        (int freeStart, int freeLength) = _free[at];
        _free.RemoveAt(at);
        int behind = freeStart + freeLength - (start + length);
        if (behind != 0)
            _free.Insert(at, (start + length, behind));
        if (start != freeStart)
            _free.Insert(at, (freeStart, start - freeStart));
        return true;
    }

    /// <summary>Gives back a range that <see cref="Allocate"/> gave for the same size.</summary>
    internal void Free(int start, long size)
    {
        int length = (int)RoundUp(size);
        int at = _free.FindIndex(range => range.Start > start);
        if (at < 0)
            at = _free.Count;
        if (at < _free.Count && start + length == _free[at].Start)
        {
            length += _free[at].Length;
            _free.RemoveAt(at);
        }

        if (at > 0 && _free[at - 1].Start + _free[at - 1].Length == start)
            _free[at - 1] = (_free[at - 1].Start, _free[at - 1].Length + length);
        else
            _free.Insert(at, (start, length));
    }
}
