using RestrictedTee.SmcTransport.Abi.Ffa;

namespace RestrictedTee.SecureWorld.Spmc;

/// <summary>The endpoints, fixed at boot.</summary>
internal sealed class PartitionTable
{
    private readonly List<Partition> _secure = [];

    internal PartitionTable(Partition normalWorld) => NormalWorld = normalWorld;

    internal Partition NormalWorld { get; }

    /// <summary>The partitions of the secure world.</summary>
    internal IReadOnlyList<Partition> Secure => _secure;

    /// <exception cref="InvalidOperationException">Two partitions have one id or one UUID.</exception>
    internal void Add(Partition partition)
    {
        if (Find(partition.Id) is not null || partition.Id == PartitionId.Spmc || _secure.Exists(other => other.Uuid == partition.Uuid))
            throw new InvalidOperationException($"There is a partition {partition.Id}, or one of UUID {partition.Uuid}, already.");
        _secure.Add(partition);
    }

    internal Partition? Find(PartitionId id)
    {
        if (id == PartitionId.NormalWorld)
            return NormalWorld;
        foreach (Partition partition in _secure)
        {
            if (partition.Id == id)
                return partition;
        }

        return null;
    }

    /// <summary>Those with a UUID; all for the nil UUID.</summary>
    internal Partition[] WithUuid(Guid uuid) => [.. _secure.Where(partition => uuid == Guid.Empty || partition.Uuid == uuid)];
}
