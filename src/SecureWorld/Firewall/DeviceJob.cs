namespace RestrictedTee.SecureWorld.Firewall;

/// <summary>
/// What the job that a device runs has written, by mapping. A job is whole, or nothing is left of what it wrote: when it fails, or a
/// buffer that it wrote to is unmapped or revoked before it has ended, be that taken back at once.
/// </summary>
/// <remarks>
/// Discarded is what the job wrote, and not the buffer: what other jobs brought to their end was whole, and stays so. Nobody gets a power
/// by it that he lacks: who may let a device write there may let it write zeros.
/// </remarks>
internal sealed class DeviceJob
{
    /// <summary>
    /// Lines can lie apart, so that the normal world chooses how many ranges a job writes. It cannot use up memory by it: beyond these,
    /// more may be discarded than was written, and never less.
    /// </summary>
    internal const int MaxRanges = 8192;

    private readonly object _lock = new(); // protects the fields below; taken before the gate of a buffer
    private readonly Dictionary<DeviceMapping, WrittenRanges> _written = [];
    private (DeviceMapping? Mapping, WrittenRanges? Ranges) _last; // those of the burst before, which the next most often goes on with
    private int _ranges;
    private bool _isBroken;

    /// <summary>Takes note of what is about to be written, with the grant for it in hand.</summary>
    /// <returns>False when the job is broken: it writes no more.</returns>
    internal bool TryWrite(DeviceMapping mapping, ulong offset, int length)
    {
        lock (_lock)
        {
            if (_isBroken)
                return false;
            if (_last.Mapping != mapping)
                _last = (mapping, RangesOf(mapping));
            _ranges += _last.Ranges!.Add(offset, (ulong)length, mayGrow: _ranges < MaxRanges);
            return true;
        }
    }

    /// <summary>A mapping is taken away, and nobody writes by it any more: if the job has written there, it will not end well.</summary>
    internal void Break(DeviceMapping mapping)
    {
        lock (_lock)
        {
            if (!_written.Remove(mapping, out WrittenRanges? ranges))
                return;
            (_isBroken, _last) = (true, default);
            _ranges -= ranges.Ranges.Count;
            Discard(mapping, ranges);
        }
    }

    /// <summary>The job has ended.</summary>
    /// <param name="isWhole">Whether the device did all of it.</param>
    /// <returns>Whether what it has written is there.</returns>
    internal bool End(bool isWhole)
    {
        lock (_lock)
        {
            isWhole &= !_isBroken;
            if (!isWhole)
            {
                foreach ((DeviceMapping mapping, WrittenRanges ranges) in _written)
                    Discard(mapping, ranges);
            }

            _written.Clear();
            (_isBroken, _ranges, _last) = (false, 0, default);
            return isWhole;
        }
    }

    private WrittenRanges RangesOf(DeviceMapping mapping)
    {
        if (!_written.TryGetValue(mapping, out WrittenRanges? ranges))
            _written.Add(mapping, ranges = new WrittenRanges());
        return ranges;
    }

    /// <summary>A mapping that is among those written to has not been broken, so that it has its reference.</summary>
    private static void Discard(DeviceMapping mapping, WrittenRanges ranges)
    {
        foreach ((ulong start, ulong end) in ranges.Ranges)
            mapping.Memory.Discard(start, end - start);
    }
}
