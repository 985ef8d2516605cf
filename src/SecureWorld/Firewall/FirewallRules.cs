using RestrictedTee.SecureWorld.ProtectedMemory;
using RestrictedTee.SmcTransport.Board;

namespace RestrictedTee.SecureWorld.Firewall;

/// <summary>A buffer that one TA has taken for itself: it may do everything, the readers may read, everybody else nothing.</summary>
internal sealed record Claim(Guid Owner, IReadOnlyList<Guid> Readers);

/// <summary>One refused access.</summary>
internal readonly record struct FaultRecord(DateTimeOffset Time, Guid Master, UseCase UseCase, ulong Cookie, bool Write, string Reason);

/// <summary>
/// Who may reach restricted memory. The bus masters of this board are trusted applications acting for a client; the normal
/// world's CPU has no path at all, because the pools are mapped by the secure process alone.
/// </summary>
/// <remarks>
/// Default deny: a master needs the secure-data-path property to be given a restricted memref, and the claim on a buffer, if
/// there is one, must name it. Each refusal leaves a record, whose text never holds content.
/// </remarks>
internal sealed class FirewallRules
{
    private const int MaxRecords = 256;

    private readonly object _lock = new(); // protects _records and every buffer's claim; a leaf
    private readonly Queue<FaultRecord> _records = new();
    private long _faults;

    /// <summary>Raised after a fault was recorded, outside of the lock.</summary>
    internal event Action? Faulted;

    internal long FaultCount => Interlocked.Read(ref _faults);

    /// <summary>Checks one access and records a refusal.</summary>
    internal bool Allows(Guid master, bool hasSecureDataPath, RestrictedBuffer buffer, bool write)
    {
        string? reason = null;
        lock (_lock)
        {
            if (!hasSecureDataPath)
                reason = "no secure-data-path property";
            else if (buffer.Claim is { } claim && claim.Owner != master && (write || !claim.Readers.Contains(master)))
                reason = write ? "claimed by another master" : "not among the claim's readers";
        }

        if (reason is null)
            return true;
        Record(new FaultRecord(DateTimeOffset.UtcNow, master, buffer.UseCase, buffer.Cookie, write, reason));
        return false;
    }

    /// <summary>Takes a buffer for a master; false when another has it. The claim ends when the buffer is freed.</summary>
    internal bool TryClaim(RestrictedBuffer buffer, Claim claim)
    {
        lock (_lock)
        {
            if (buffer.Claim is { } existing && existing.Owner != claim.Owner)
                return false;
            buffer.Claim = claim;
            return true;
        }
    }

    /// <summary>Takes the records gathered since the last time.</summary>
    internal IReadOnlyList<FaultRecord> Drain()
    {
        lock (_lock)
        {
            FaultRecord[] records = [.. _records];
            _records.Clear();
            return records;
        }
    }

    private void Record(FaultRecord record)
    {
        Interlocked.Increment(ref _faults);
        lock (_lock)
        {
            if (_records.Count == MaxRecords)
                _records.Dequeue();
            _records.Enqueue(record);
        }

        Faulted?.Invoke();
    }
}
