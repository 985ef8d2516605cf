using RestrictedTee.NormalWorld.DmaBuf;
using RestrictedTee.NormalWorld.DmaBuf.Devices;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Board;
using RestrictedTee.SmcTransport.NormalRam;

namespace RestrictedTee.NormalWorld.Heaps;

/// <summary>
/// The heap of the Linaro patches of 2022 (a node "linaro,secure-heap" below reserved-memory): one contiguous range a buffer, first fit,
/// from a reserved pool of the board, which the normal world manages and never maps. What keeps it are static rules, so it takes no call
/// of the TEE until a trusted application is to have a buffer.
/// </summary>
internal sealed class CarveOutPool : IHeapBackEnd
{
    private const int Rank = 10;

    private readonly object _lock = new(); // protects the allocator and the count; a leaf
    private readonly ProtectedMemoryClient _client;
    private readonly string _name;
    private readonly PhysicalRange _region;
    private readonly ulong _unit;
    private readonly RangeAllocator _allocator; // in units of the alignment
    private int _buffers;

    /// <param name="client">To tell the TEE of a buffer.</param>
    /// <param name="name">The heap's name.</param>
    /// <param name="region">Where the pool lies.</param>
    /// <param name="granularity">What each buffer begins and ends on; it divides the pool.</param>
    internal CarveOutPool(ProtectedMemoryClient client, string name, PhysicalRange region, ulong granularity)
    {
        (_client, _name, _region, _unit) = (client, name, region, granularity);
        _allocator = new RangeAllocator((int)(region.Length / granularity), granularity: 1);
    }

    /// <summary>Its row in <see cref="HeapBackEnds"/>.</summary>
    internal static HeapBackEndKind Kind { get; } = new("carve-out", board => board.Pools.Where(pool => pool.IsReserved).Select(pool =>
    {
        string name = board.HeapNameOf(pool.UseCase);
        var restriction = new Restriction(RestrictionKind.NamedDevices, pool.RestrictedBy);
        ulong granularity = board.GranularityOf(pool.UseCase);
        return new HeapRow(Rank, name, pool.UseCase, Make) { Pool = pool };

        DmaHeap Make(HeapParts parts) =>
            new(parts, name, pool.UseCase, restriction, new CarveOutPool(parts.TeePools, name, pool.Range, granularity));
    }));

    public Placements Offers => Placements.Pinned;

    public IReadOnlyList<MemoryRange> Extent(ulong size, ulong alignment) => [RangeOf(End - Math.Min(FootprintOf(size), _region.Length), size)];

    public ulong FootprintOf(ulong size) => IHeapBackEnd.WholeUnits(size, _unit);

    public PoolMemory Allocate(ulong size, ulong alignment)
    {
        int unit = -1;
        if (alignment <= _unit && size <= _region.Length)
        {
            lock (_lock)
            {
                unit = _allocator.Allocate((long)UnitsOf(size));
                if (unit >= 0)
                    _buffers++;
            }
        }

        return unit >= 0
            ? new PoolMemory(0, [RangeOf(_region.Start.Value + ((ulong)unit * _unit), size)])
            : throw new TeeDriverException(Errno.ENOMEM, $"No room for {size} bytes of {_name}.");
    }

    public void Free(PoolMemory memory)
    {
        ulong offset = memory.Ranges[0].Address - _region.Start.Value;
        lock (_lock)
        {
            _allocator.Free((int)(offset / _unit), (long)UnitsOf(memory.Size));
            _buffers--;
        }
    }

    public ulong Register(PhysicalRange range) => _client.Register(range);

    public void Unregister(ulong cookie) => _client.Unregister(cookie);

    public PoolState Query()
    {
        lock (_lock)
        {
            ulong used = (ulong)(_allocator.Size - _allocator.FreeBytes) * _unit;
            return new PoolState("carve-out", _region.Length, used, (ulong)_allocator.LargestFree * _unit, _buffers, "reserved");
        }
    }

    public void Dispose()
    {
        // Nothing of it is mapped.
    }

    private ulong End => _region.Start.Value + _region.Length;

    private ulong UnitsOf(ulong size) => FootprintOf(size) / _unit;

    private MemoryRange RangeOf(ulong start, ulong size) => new(new MemoryProvider(_name, 0, End - 1), start, size, RangeAttributes.Protected);
}
