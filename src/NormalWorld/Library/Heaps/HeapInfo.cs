using RestrictedTee.NormalWorld.DmaBuf;
using RestrictedTee.NormalWorld.DmaBuf.Devices;
using RestrictedTee.SmcTransport.Board;

namespace RestrictedTee.NormalWorld.Heaps;

/// <summary>What a heap looks like at the moment.</summary>
/// <param name="Name">For example "protected,secure-video".</param>
/// <param name="UseCase">What it is for; 0 when for nothing in particular.</param>
/// <param name="Kind">"static" or "dynamic" for a pool of the TEE; "carve-out", "contiguous".</param>
/// <param name="Size">Bytes in all; of a dynamic heap that is not lent, what will be.</param>
/// <param name="Used">Bytes taken.</param>
/// <param name="LargestFree">Bytes of the largest free range.</param>
/// <param name="Buffers">Live buffers.</param>
/// <param name="Protection">"secretmem", "locked" or "anonymous"; "not lent" while a dynamic heap's memory is the normal world's; "reserved", "none".</param>
public sealed record HeapInfo(string Name, UseCase UseCase, string Kind, ulong Size, ulong Used, ulong LargestFree, int Buffers, string Protection)
{
    /// <summary>How its buffers are kept from the CPU.</summary>
    public RestrictionKind Restriction { get; init; }

    /// <summary>By whom.</summary>
    public string RestrictedBy { get; init; } = "";

    /// <summary>What may become of its buffers while they are mapped.</summary>
    public Placements Offers { get; init; }

    /// <summary>Bytes that clients are charged for.</summary>
    public ulong Charged { get; init; }

    /// <summary>The most that it ever was.</summary>
    public ulong Peak { get; init; }

    /// <summary>The most that it may be; null for no limit.</summary>
    public ulong? Limit { get; init; }

    /// <summary>The most that each client may have; null for no limit.</summary>
    public ulong? ClientLimit { get; init; }

    /// <summary>The devices of the board, in its order, and whether they can work on its buffers.</summary>
    public IReadOnlyList<HeapDevice> Devices { get; init; } = [];

    /// <summary>Who has most of it.</summary>
    public IReadOnlyList<HeapClientUsage> Clients { get; init; } = [];
}

/// <summary>What a device can do with a heap.</summary>
/// <param name="Name">The board's name for the device.</param>
/// <param name="Problem">Why it cannot work on a buffer of one page, which attaching refuses; null when it can.</param>
public sealed record HeapDevice(string Name, string? Problem);
