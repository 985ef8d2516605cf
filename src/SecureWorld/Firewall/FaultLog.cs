using RestrictedTee.SmcTransport.Board;
using RestrictedTee.SmcTransport.Interleaving;

namespace RestrictedTee.SecureWorld.Firewall;

/// <summary>One refused access: when, who, what, where, and which rule. Never content, nor where a buffer lies.</summary>
internal readonly record struct FaultRecord(DateTimeOffset Time, MasterId Master, UseCase UseCase, ulong Cookie, AccessRights Rights, string Reason)
{
    /// <summary>Where in the buffer; without one the address that was tried.</summary>
    internal ulong Offset { get; init; }

    /// <summary>Bytes.</summary>
    internal long Length { get; init; }
}

/// <summary>
/// The faults that the secure log has not got yet, and the newest whether it has or not, for who asks; both bounded: the oldest go
/// first, and the count goes on.
/// </summary>
internal sealed class FaultLog
{
    private const int MaxRecords = 256;

    private readonly object _lock = new(); // protects the fields below; a leaf
    private readonly Queue<FaultRecord> _records = new();
    private readonly Queue<FaultRecord> _newest = new();
    private long _count;
    private long _lost;

    /// <summary>Raised after a fault was recorded, outside of the lock.</summary>
    internal event Action? Faulted;

    /// <summary>All faults since power-on.</summary>
    internal long Count
    {
        get
        {
            lock (_lock)
                return _count;
        }
    }

    internal void Add(FaultRecord record)
    {
        lock (_lock)
        {
            _count++;
            if (_records.Count == MaxRecords)
            {
                _records.Dequeue();
                _lost++;
            }

            _records.Enqueue(record);
            if (_newest.Count == MaxRecords)
                _newest.Dequeue();
            _newest.Enqueue(record);
        }

        Faulted?.Invoke();
    }

    /// <summary>The newest records that came after the first <paramref name="seen"/>, the oldest of them first.</summary>
    /// <param name="seen">How many the asker knows of.</param>
    /// <param name="first">The number of the first that is told, counted from 1.</param>
    internal IReadOnlyList<FaultRecord> NewestAfter(long seen, out long first)
    {
        lock (_lock)
        {
            long before = _count - _newest.Count;
            int skipped = (int)Math.Clamp(seen - before, 0, _newest.Count);
            first = before + skipped + 1;
            return [.. _newest.Skip(skipped)];
        }
    }

    /// <summary>Takes the records gathered since the last time.</summary>
    internal IReadOnlyList<FaultRecord> Drain() => Drain(out _);

    /// <param name="lost">How many older ones there were, for which there was no room.</param>
    internal IReadOnlyList<FaultRecord> Drain(out long lost)
    {
        lock (_lock)
        {
            FaultRecord[] records = [.. _records];
            InterleavingPoint.Reach("FaultLog.Drain");
            _records.Clear();
            (lost, _lost) = (_lost, 0);
            return records;
        }
    }
}
