using RestrictedTee.SecureWorld.Kernel.Memory;
using RestrictedTee.SmcTransport.Abi;
using RestrictedTee.SmcTransport.Board;
using RestrictedTee.SmcTransport.NormalRam;

namespace RestrictedTee.SecureWorld.ProtectedMemory;

/// <summary>What a pool looks like from outside.</summary>
internal readonly record struct PoolState(int Size, int Used, int LargestFree, int Buffers, MemoryProtection Protection);

/// <summary>One restricted pool: a carve-out of the board for one use case, with its allocator.</summary>
/// <remarks>Free memory of a pool is always zero: it is mapped zeroed and scrubbed before it goes back to the allocator (invariant 6).</remarks>
internal sealed class RestrictedPool : IDisposable
{
    /// <summary>Buffers begin and end on pages, as upstream's static pool hands them out (gen_pool of PAGE_SHIFT).</summary>
    internal const int Granularity = PhysicalAddress.PageSize;

    private readonly object _lock = new(); // protects _allocator and _buffers; a leaf
    private readonly SecretMapping _mapping;
    private readonly RangeAllocator _allocator;
    private readonly List<RestrictedBuffer> _buffers = [];

    internal RestrictedPool(PoolRegion region, SecretMapping mapping)
    {
        UseCase = region.UseCase;
        Range = region.Range;
        _mapping = mapping;
        _allocator = new RangeAllocator(mapping.Length, Granularity);
    }

    internal UseCase UseCase { get; }

    internal PhysicalRange Range { get; }

    internal PoolState State
    {
        get
        {
            lock (_lock)
                return new PoolState(_allocator.Size, _allocator.Size - _allocator.FreeBytes, _allocator.LargestFree, _buffers.Count, _mapping.Protection);
        }
    }

    /// <summary>A zeroed buffer, or null when there is no room.</summary>
    internal RestrictedBuffer? Allocate(ulong size, ulong cookie)
    {
        if (size == 0 || size > (ulong)_allocator.Size)
            return null;
        lock (_lock)
        {
            int offset = _allocator.Allocate((long)size);
            if (offset < 0)
                return null;
            var buffer = new RestrictedBuffer(this, offset, (int)size, cookie);
            _buffers.Add(buffer);
            return buffer;
        }
    }

    /// <summary>The live buffer that holds the whole range, with a reference taken.</summary>
    internal RestrictedBuffer? Find(PhysicalRange range)
    {
        lock (_lock)
        {
            RestrictedBuffer? buffer = _buffers.Find(b => b.Range.Contains(range));
            return buffer is not null && buffer.TryAddReference() ? buffer : null;
        }
    }

    /// <summary>The live buffer that an address of this process lies in.</summary>
    internal RestrictedBuffer? FindByAddress(nint address)
    {
        if (address < _mapping.Address || address >= _mapping.Address + _mapping.Length)
            return null;
        lock (_lock)
            return _buffers.Find(b => address >= b.Address && address < b.Address + (nint)b.Size);
    }

    internal nint AddressOf(int offset) => _mapping.Address + offset;

    internal void Return(RestrictedBuffer buffer, int offset)
    {
        _mapping.Span.Slice(offset, (int)_allocator.RoundUp((long)buffer.Size)).Clear();
        lock (_lock)
        {
            _buffers.Remove(buffer);
            _allocator.Free(offset, (long)buffer.Size);
        }
    }

    internal void Scrub() => _mapping.Span.Clear();

    public void Dispose() => _mapping.Dispose();
}

/// <summary>One restricted buffer: live from its allocation until it is freed and the last call that uses it has ended.</summary>
internal sealed class RestrictedBuffer(RestrictedPool pool, int offset, int size, ulong cookie) : MemoryObject
{
    internal override ulong Cookie => cookie;

    internal override ulong Size => (ulong)size;

    internal override nint Address => pool.AddressOf(offset);

    internal override bool IsRestricted => true;

    internal UseCase UseCase => pool.UseCase;

    internal PhysicalRange Range => PhysicalRange.Create(pool.Range.Start + (ulong)offset, (ulong)size);

    /// <summary>The TA that has taken the buffer for itself, and those it lets read; null while nobody has.</summary>
    internal Firewall.Claim? Claim { get; set; }

    protected override void OnLastReference() => pool.Return(this, offset);
}
