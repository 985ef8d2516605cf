using RestrictedTee.SmcTransport.Board;
using RestrictedTee.SmcTransport.Interleaving;

namespace RestrictedTee.SecureWorld.Firewall;

/// <summary>One refused access: when, who, what, and which rule. Never content.</summary>
internal readonly record struct FaultRecord(DateTimeOffset Time, MasterId Master, UseCase UseCase, ulong Cookie, AccessRights Rights, string Reason);

/// <summary>The faults that nobody has fetched yet, bounded: the oldest go first, and the count goes on.</summary>
internal sealed class FaultLog
{
    private const int MaxRecords = 256;

    private readonly object _lock = new(); // protects the fields below; a leaf
    private readonly Queue<FaultRecord> _records = new();
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
        }

        Faulted?.Invoke();
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
