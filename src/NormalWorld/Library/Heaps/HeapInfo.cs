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

    /// <summary>The devices of the board that can work on its buffers, by name: a heap that has all of a pipeline's is the one that it shares.</summary>
    public IReadOnlyList<string> Devices { get; init; } = [];

    /// <summary>Bytes that clients are charged for.</summary>
    public ulong Charged { get; init; }

    /// <summary>The most that it ever was.</summary>
    public ulong Peak { get; init; }

    /// <summary>The most that it may be; null for no limit.</summary>
    public ulong? Limit { get; init; }

    /// <summary>The most that each client may have; null for no limit.</summary>
    public ulong? ClientLimit { get; init; }

    /// <summary>Who has most of it.</summary>
    public IReadOnlyList<HeapClientUsage> Clients { get; init; } = [];
}
