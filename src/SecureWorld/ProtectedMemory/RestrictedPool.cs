using RestrictedTee.SecureWorld.Firewall;
using RestrictedTee.SecureWorld.SecretMemory;
using RestrictedTee.SmcTransport.Abi;
using RestrictedTee.SmcTransport.Board;
using RestrictedTee.SmcTransport.Interleaving;
using RestrictedTee.SmcTransport.NormalRam;

namespace RestrictedTee.SecureWorld.ProtectedMemory;

/// <summary>What a pool looks like from outside.</summary>
/// <param name="Size">Bytes; of a dynamic pool that is not lent, what will be lent.</param>
/// <param name="Used">Bytes in buffers.</param>
/// <param name="LargestFree">Bytes of the largest free range.</param>
/// <param name="Buffers">Live buffers.</param>
/// <param name="Protection">How the memory is kept.</param>
internal readonly record struct PoolState(int Size, int Used, int LargestFree, int Buffers, MemoryProtection Protection);

/// <summary>The restricted memory of one use case: one region for good, or as many as are lent at the moment.</summary>
internal sealed class RestrictedPool
{
    private readonly object _lock = new(); // serialises adding and removing regions; readers take the list as it is
    private readonly PoolRegion _board;
    private RestrictedRegion[] _regions;

    /// <param name="board">The board's row.</param>
    /// <param name="choice">How its memory is to be had.</param>
    /// <param name="granularity">What buffers begin and end on.</param>
    internal RestrictedPool(PoolRegion board, SecretMemoryChoice choice, int granularity = PhysicalAddress.PageSize)
    {
        _board = board;
        Granularity = granularity;
        _regions = board.IsDynamic ? [] : [new RestrictedRegion(board.UseCase, board.Range, SecretMapping.Create((int)board.Size, choice), granularity)];
    }

    /// <summary>What buffers begin and end on.</summary>
    internal int Granularity { get; }

    internal UseCase UseCase => _board.UseCase;

    internal bool IsDynamic => _board.IsDynamic;

    /// <summary>Whether the TEE gives out nothing of it.</summary>
    internal bool IsReserved => _board.IsReserved;

    /// <summary>The least that is lent to a dynamic pool.</summary>
    internal ulong MinimumSize => _board.Size;

    internal ulong Alignment => _board.Alignment;

    internal IReadOnlyList<RestrictedRegion> Regions => Volatile.Read(ref _regions);

    internal PoolState State
    {
        get
        {
            PoolState[] states = [.. Regions.Select(region => region.State)];
            return states.Length == 0
                ? new PoolState((int)_board.Size, 0, (int)_board.Size, 0, default)
                : new PoolState(states.Sum(s => s.Size), states.Sum(s => s.Used), states.Max(s => s.LargestFree), states.Sum(s => s.Buffers), states.Min(s => s.Protection));
        }
    }

    internal void Add(RestrictedRegion region)
    {
        lock (_lock)
        {
            RestrictedRegion[] regions = [.. _regions, region];
            InterleavingPoint.Reach("RestrictedPool.Add");
            Volatile.Write(ref _regions, regions);
        }
    }

    internal void Remove(RestrictedRegion region)
    {
        lock (_lock)
            Volatile.Write(ref _regions, Array.FindAll(_regions, other => other != region));
    }

    /// <summary>A zeroed buffer, or null when there is no room.</summary>
    internal RestrictedBuffer? Allocate(ulong size, ulong cookie)
    {
        foreach (RestrictedRegion region in Regions)
        {
            if (region.Allocate(size, cookie) is { } buffer)
                return buffer;
        }

        return null;
    }
}

/// <summary>One restricted buffer: live from its allocation until it is freed and the last call that uses it has ended.</summary>
internal sealed class RestrictedBuffer(RestrictedRegion region, int offset, int size, ulong cookie) : GuardedMemory
{
    private int _offset = offset;

    internal override ulong Cookie => cookie;

    internal override ulong Size => (ulong)size;

    internal override UseCase UseCase => region.UseCase;

    /// <summary>Where it lies in its region; to be read with the region's lock held, or by who keeps it where it is.</summary>
    internal int Offset => _offset;

    internal override PhysicalRange Range => PhysicalRange.Create(region.Range.Start + (ulong)_offset, (ulong)size);

    protected override nint BaseAddress => region.AddressOf(_offset);

    /// <summary>Moves it, if nobody could notice; the region's lock is held. When it is moved a reference is held, for the caller to release without the lock.</summary>
    internal bool TryMoveTo(int offset, Action<bool> move) => TryMove(hasContent =>
    {
        move(hasContent);
        _offset = offset;
    });

    protected override void Scrub() => region.Scrub(_offset, size);

    protected override void Scrub(ulong offset, ulong length) => region.ScrubPart(_offset + (int)offset, (int)length);

    protected override void OnLastReference() => region.Return(this, _offset, scrub: MayHaveContent);
}
