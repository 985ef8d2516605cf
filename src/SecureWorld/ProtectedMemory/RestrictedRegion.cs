using RestrictedTee.SecureWorld.Kernel.Memory;
using RestrictedTee.SecureWorld.SecretMemory;
using RestrictedTee.SmcTransport.Abi;
using RestrictedTee.SmcTransport.Board;
using RestrictedTee.SmcTransport.Interleaving;
using RestrictedTee.SmcTransport.NormalRam;

namespace RestrictedTee.SecureWorld.ProtectedMemory;

/// <summary>One stretch of restricted memory with its allocator: a static pool's carve-out, or a range that was lent to a dynamic one.</summary>
/// <remarks>Free memory of a region is always zero: it is mapped zeroed and scrubbed before it goes back to the allocator (invariant 6).</remarks>
internal sealed class RestrictedRegion
{
    /// <summary>Buffers begin and end on pages, as upstream's pools hand them out (gen_pool of PAGE_SHIFT).</summary>
    internal const int Granularity = PhysicalAddress.PageSize;

    private readonly object _lock = new(); // protects _allocator, _buffers and _closed; a leaf
    private readonly SecretMapping _mapping;
    private readonly RangeAllocator _allocator;
    private readonly List<RestrictedBuffer> _buffers = [];
    private bool _closed;

    internal RestrictedRegion(UseCase useCase, PhysicalRange range, SecretMapping mapping)
    {
        UseCase = useCase;
        Range = range;
        _mapping = mapping;
        _allocator = new RangeAllocator(mapping.Length, Granularity);
    }

    internal UseCase UseCase { get; }

    internal PhysicalRange Range { get; }

    internal MemoryProtection Protection => _mapping.Protection;

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
            int offset = _closed ? -1 : _allocator.Allocate((long)size);
            if (offset < 0)
                return null;
            var buffer = new RestrictedBuffer(this, offset, (int)size, cookie);
            InterleavingPoint.Reach("RestrictedRegion.Allocate");
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

    /// <summary>Lets no more buffers be allocated; false while one lives, be it only for a call that has not ended.</summary>
    internal bool TryClose()
    {
        lock (_lock)
        {
            if (_buffers.Count != 0)
                return false;
            _closed = true;
            return true;
        }
    }

    /// <summary>For the buffer at an offset, which gives it out in grants only.</summary>
    internal nint AddressOf(int offset) => _mapping.Address + offset;

    /// <summary>Takes a buffer back.</summary>
    /// <param name="buffer">The buffer.</param>
    /// <param name="offset">Where it lies in the region.</param>
    /// <param name="scrub">Whether it may have content. What nobody could write is zero, and scrubbing would only make its pages.</param>
    internal void Return(RestrictedBuffer buffer, int offset, bool scrub)
    {
        if (scrub)
            _mapping.Span.Slice(offset, (int)_allocator.RoundUp((long)buffer.Size)).Clear();
        lock (_lock)
        {
            _buffers.Remove(buffer);
            _allocator.Free(offset, (long)buffer.Size);
        }
    }

    internal void Scrub() => _mapping.Scrub();

    internal void Unmap() => _mapping.Dispose();
}
