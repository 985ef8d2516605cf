using RestrictedTee.NormalWorld.DmaBuf;
using RestrictedTee.NormalWorld.DmaBuf.Devices;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Board;
using RestrictedTee.SmcTransport.NormalRam;

namespace RestrictedTee.NormalWorld.Heaps;

/// <summary>Reserved memory that a heap is made over (a node "linaro,secure-heap" below reserved-memory).</summary>
/// <param name="Name">The heap's name.</param>
/// <param name="UseCase">What it is for.</param>
/// <param name="Region">Where it lies.</param>
/// <param name="Alignment">What each buffer's address and size are multiples of; a power of two, at least a page.</param>
/// <param name="Restriction">How it is kept from the CPU, and by whom: rules of the boot loader need no call of the TEE.</param>
internal sealed record CarveOut(string Name, UseCase UseCase, PhysicalRange Region, ulong Alignment, Restriction Restriction);

/// <summary>
/// The heap of the Linaro patches of 2022: one contiguous range a buffer, first fit, from memory that the normal world manages and
/// never maps.
/// </summary>
internal sealed class CarveOutPool : IHeapBackEnd
{
    private const int Rank = 10;

    private readonly object _lock = new(); // protects the allocator and the count; a leaf
    private readonly CarveOut _carveOut;
    private readonly RangeAllocator _allocator; // in units of the alignment, so that a region may be larger than an int
    private int _buffers;

    internal CarveOutPool(CarveOut carveOut)
    {
        _carveOut = carveOut;
        _allocator = new RangeAllocator((int)(carveOut.Region.Length / carveOut.Alignment), granularity: 1);
    }

    /// <summary>Its row in <see cref="HeapBackEnds"/>.</summary>
    internal static HeapBackEndKind Kind { get; } = new("carve-out", sources => sources.CarveOuts.Select(carveOut => new HeapRow(
        Rank, carveOut.Name, carveOut.UseCase, parts => new DmaHeap(parts, carveOut.Name, carveOut.UseCase, carveOut.Restriction, new CarveOutPool(carveOut)))));

    public Placements Offers => Placements.Pinned;

    public IReadOnlyList<MemoryRange> Extent(ulong size, ulong alignment) => [RangeOf(End - Math.Min(UnitsOf(size) * _carveOut.Alignment, _carveOut.Region.Length), size)];

    public PoolMemory Allocate(ulong size, ulong alignment)
    {
        int unit = -1;
        ulong units = UnitsOf(size);
        if (alignment <= _carveOut.Alignment && units <= (ulong)_allocator.Size)
        {
            lock (_lock)
            {
                unit = _allocator.Allocate((long)units);
                if (unit >= 0)
                    _buffers++;
            }
        }

        return unit >= 0
            ? new PoolMemory(0, [RangeOf(_carveOut.Region.Start.Value + ((ulong)unit * _carveOut.Alignment), size)])
            : throw new TeeDriverException(Errno.ENOMEM, $"No room for {size} bytes of {_carveOut.Name}.");
    }

    public void Free(PoolMemory memory)
    {
        ulong offset = memory.Ranges[0].Address - _carveOut.Region.Start.Value;
        lock (_lock)
        {
            _allocator.Free((int)(offset / _carveOut.Alignment), (long)UnitsOf(memory.Size));
            _buffers--;
        }
    }

    public PoolState Query()
    {
        lock (_lock)
        {
            ulong used = (ulong)(_allocator.Size - _allocator.FreeBytes) * _carveOut.Alignment;
            return new PoolState("carve-out", _carveOut.Region.Length, used, (ulong)_allocator.LargestFree * _carveOut.Alignment, _buffers, "reserved");
        }
    }

    public void Dispose()
    {
        // Nothing of it is mapped.
    }

    private ulong End => _carveOut.Region.Start.Value + _carveOut.Region.Length;

    private ulong UnitsOf(ulong size) => (size / _carveOut.Alignment) + (size % _carveOut.Alignment == 0 ? 0UL : 1UL);

    private MemoryRange RangeOf(ulong start, ulong size) => new(
        new MemoryProvider(_carveOut.Name, 0, End - 1), start, size, _carveOut.Restriction.IsRestricted ? RangeAttributes.Protected : RangeAttributes.None);
}
