using RestrictedTee.NormalWorld.DmaBuf.Devices;
using RestrictedTee.NormalWorld.Driver;
using RestrictedTee.NormalWorld.Shm;
using RestrictedTee.SmcTransport.NormalRam;

namespace RestrictedTee.NormalWorld.Heaps;

/// <summary>Ordinary memory in one range, zeroed (CMA upstream).</summary>
internal sealed class ContiguousPool(OpteeDriver driver, Placements offers) : IHeapBackEnd, IMappedBackEnd
{
    private const string Provider = "normal-ram";

    private readonly object _lock = new(); // protects what is counted; a leaf
    private readonly HashSet<PoolMemory> _out = [];
    private ulong _used;

    public Placements Offers => offers;

    private ulong Top => driver.Shm.Bank0.Start.Value + driver.Shm.Bank0.Length - 1;

    /// <summary>The last place in the bank: what reaches that reaches all.</summary>
    public IReadOnlyList<MemoryRange> Extent(ulong size, ulong alignment) =>
        [RangeOf(size <= driver.Shm.Bank0.Length ? (Top + 1 - size) / alignment * alignment : driver.Shm.Bank0.Start.Value, size)];

    public PoolMemory Allocate(ulong size, ulong alignment)
    {
        ulong room = size <= ulong.MaxValue - alignment ? size + alignment - PhysicalAddress.PageSize : size;
        ShmBlock block = driver.Shm.Allocate(room);
        ulong start = (block.Address.Value + alignment - 1) / alignment * alignment;
        var memory = new PoolMemory(0, [RangeOf(start, size)], block);
        lock (_lock)
        {
            _out.Add(memory);
            _used += size;
        }

        return memory;
    }

    public PoolMemory AllocateMapped(ulong size)
    {
        ShmBlock block = driver.Shm.AllocateBank(size);
        ulong top = block.Address.Value + size - 1;
        var memory = new PoolMemory(0, [new MemoryRange(new MemoryProvider(Provider, 0, top), block.Address.Value, size, RangeAttributes.Cached)], block);
        lock (_lock)
            _out.Add(memory);
        return memory;
    }

    public void Free(PoolMemory memory)
    {
        lock (_lock)
        {
            _out.RemoveWhere(held => held.Block == memory.Block);
            if (!memory.Block!.HasOwnBank)
                _used -= memory.Size;
        }

        memory.Block!.Dispose();
    }

    public ulong Register(PhysicalRange range) => driver.Abi.RegisterShm(range);

    public void Unregister(ulong cookie) => driver.Abi.UnregisterShm(cookie);

    public PoolState Query()
    {
        if (driver.IsGone)
            throw driver.Unreached();
        (ulong size, ulong largest) = driver.Shm.Room;
        lock (_lock)
            return new PoolState("contiguous", size, _used, largest, _out.Count, "none");
    }

    public void Dispose()
    {
        lock (_lock)
        {
            foreach (PoolMemory memory in _out)
                memory.Block!.Dispose();
        }
    }

    private MemoryRange RangeOf(ulong start, ulong size) => new(new MemoryProvider(Provider, 0, Top), start, size, RangeAttributes.Cached);
}
