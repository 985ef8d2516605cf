using RestrictedTee.SmcTransport.Abi.Ffa;

namespace RestrictedTee.SecureWorld.Spmc;

/// <summary>
/// The notifications of one endpoint: 64 that secure partitions may send it, 64 that the normal world may (DEN0077A 1.2
/// chapter 16). Protected by the lock of <see cref="NotificationCalls"/>.
/// </summary>
internal sealed class NotificationBitmap
{
    private readonly Dictionary<int, PartitionId> _bound = [];
    private ulong _fromPartitions;
    private ulong _fromNormalWorld;

    /// <summary>Whether there is one: partitions that receive notifications have it from boot, the normal world creates its own.</summary>
    internal bool IsCreated { get; set; }

    /// <summary>Something was set since the receiver was last named by FFA_NOTIFICATION_INFO_GET.</summary>
    internal bool IsUnannounced { get; private set; }

    internal bool HasPending => (_fromPartitions | _fromNormalWorld) != 0;

    internal bool HasBound => _bound.Count != 0;

    internal bool IsPending(PartitionId sender, ulong bitmap) => ((sender.IsSecure ? _fromPartitions : _fromNormalWorld) & bitmap) != 0;

    /// <summary>Whether all of these notifications are bound to <paramref name="sender"/>.</summary>
    internal bool AreBoundTo(PartitionId sender, ulong bitmap) =>
        Numbers(bitmap).All(number => _bound.TryGetValue(Key(sender, number), out PartitionId bound) && bound == sender);

    internal bool IsAnyBound(PartitionId sender, ulong bitmap) => Numbers(bitmap).Any(number => _bound.ContainsKey(Key(sender, number)));

    internal void Bind(PartitionId sender, ulong bitmap)
    {
        foreach (int number in Numbers(bitmap))
            _bound[Key(sender, number)] = sender;
    }

    internal void Unbind(PartitionId sender, ulong bitmap)
    {
        foreach (int number in Numbers(bitmap))
            _bound.Remove(Key(sender, number));
    }

    internal void Set(PartitionId sender, ulong bitmap)
    {
        if (sender.IsSecure)
            _fromPartitions |= bitmap;
        else
            _fromNormalWorld |= bitmap;
        IsUnannounced = true;
    }

    internal void Announce() => IsUnannounced = false;

    internal ulong TakeFromPartitions() => Interlocked.Exchange(ref _fromPartitions, 0);

    internal ulong TakeFromNormalWorld() => Interlocked.Exchange(ref _fromNormalWorld, 0);

    private static IEnumerable<int> Numbers(ulong bitmap) => Enumerable.Range(0, 64).Where(number => (bitmap & (1UL << number)) != 0);

    // The two bitmaps are apart: number 5 of a partition is not number 5 of the normal world.
    private static int Key(PartitionId sender, int number) => sender.IsSecure ? number : 64 + number;
}
