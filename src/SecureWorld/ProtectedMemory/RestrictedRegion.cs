using RestrictedTee.SecureWorld.Kernel.Memory;
using RestrictedTee.SecureWorld.SecretMemory;
using RestrictedTee.SmcTransport.Abi;
using RestrictedTee.SmcTransport.Board;
using RestrictedTee.SmcTransport.Interleaving;
using RestrictedTee.SmcTransport.NormalRam;

namespace RestrictedTee.SecureWorld.ProtectedMemory;

/// <summary>One stretch of restricted memory with its allocator: a static pool's carve-out, or a range that was lent to a dynamic one.</summary>
/// <remarks>
/// Free memory of a region is always zero: it is mapped zeroed and scrubbed before it goes back to the allocator (invariant 6). Where
/// there is room in all but not in one piece, buffers that nobody uses are pushed together.
/// </remarks>
internal sealed class RestrictedRegion
{
    private readonly object _lock = new(); // protects _allocator, _buffers and _closed; taken before the gate of a buffer that is moved
    private readonly SecretMapping _mapping;
    private readonly RangeAllocator _allocator;
    private readonly List<RestrictedBuffer> _buffers = [];
    private bool _closed;

    /// <param name="useCase">What the memory is for.</param>
    /// <param name="range">Where it lies on the bus.</param>
    /// <param name="mapping">The memory.</param>
    /// <param name="granularity">What buffers begin and end on: pages, as upstream's pools hand them out (gen_pool of PAGE_SHIFT), or what a bus master needs.</param>
    internal RestrictedRegion(UseCase useCase, PhysicalRange range, SecretMapping mapping, int granularity = PhysicalAddress.PageSize)
    {
        UseCase = useCase;
        Range = range;
        _mapping = mapping;
        _allocator = new RangeAllocator(mapping.Length, granularity);
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
        var moved = new List<RestrictedBuffer>();
        try
        {
            lock (_lock)
            {
                int offset = _closed ? -1 : _allocator.Allocate((long)size);
                if (offset < 0 && !_closed && TryMakeRoom((int)_allocator.RoundUp((long)size), moved))
                    offset = _allocator.Allocate((long)size);
                if (offset < 0)
                    return null;
                var buffer = new RestrictedBuffer(this, offset, (int)size, cookie);
                InterleavingPoint.Reach("RestrictedRegion.Allocate");
                _buffers.Add(buffer);
                return buffer;
            }
        }
        finally
        {
            moved.ForEach(buffer => buffer.Release()); // the last reference takes the lock again
        }
    }

    /// <summary>The live buffer that holds the whole range, with a reference taken. Only one that stays where it is can be found by where it lies.</summary>
    internal RestrictedBuffer? Find(PhysicalRange range)
    {
        lock (_lock)
        {
            RestrictedBuffer? buffer = _buffers.Find(b => b.Range.Contains(range));
            return buffer is { IsFixed: true } && buffer.TryAddReference() ? buffer : null;
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

    /// <summary>Zeroes what a buffer takes up.</summary>
    internal void Scrub(int offset, int size) => _mapping.Span.Slice(offset, (int)_allocator.RoundUp(size)).Clear();

    /// <summary>Zeroes a part of what a buffer takes up, and not a byte beside it.</summary>
    internal void ScrubPart(int offset, int length) => _mapping.Span.Slice(offset, length).Clear();

    /// <summary>Takes a buffer back.</summary>
    /// <param name="buffer">The buffer.</param>
    /// <param name="offset">Where it lies in the region.</param>
    /// <param name="scrub">Whether it may have content. What nobody could write is zero, and scrubbing would only make its pages.</param>
    internal void Return(RestrictedBuffer buffer, int offset, bool scrub)
    {
        if (scrub)
            Scrub(offset, (int)buffer.Size);
        lock (_lock)
        {
            _buffers.Remove(buffer);
            _allocator.Free(offset, (long)buffer.Size);
        }
    }

    internal void Scrub() => _mapping.Scrub();

    internal void Unmap() => _mapping.Dispose();

    /// <summary>Pushes buffers together until a range of so many bytes is free; the lock is held.</summary>
    private bool TryMakeRoom(int needed, List<RestrictedBuffer> moved)
    {
        var stuck = new HashSet<RestrictedBuffer>();
        while (_allocator.FreeBytes >= needed)
        {
            _buffers.Sort((one, other) => one.Offset.CompareTo(other.Offset));
            CompactionPlan.Block[] blocks =
                [.. _buffers.Select(buffer => new CompactionPlan.Block(buffer.Offset, (int)_allocator.RoundUp((long)buffer.Size), buffer.IsMovable && !stuck.Contains(buffer)))];
            if (!CompactionPlan.TryFind(blocks, _allocator.Size, needed, out int first, out int last))
                return false;
            int target = first == 0 ? 0 : blocks[first - 1].End;
            int at = first;
            for (; at <= last && TryMove(_buffers[at], blocks[at], target, moved); at++)
                target += blocks[at].Length;
            if (at > last)
                return true;
            stuck.Add(_buffers[at]); // somebody has begun to use it since
        }

        return false;
    }

    private bool TryMove(RestrictedBuffer buffer, CompactionPlan.Block block, int target, List<RestrictedBuffer> moved)
    {
        if (block.Start == target)
            return true;
        bool isMoved = buffer.TryMoveTo(target, hasContent =>
        {
            _allocator.Free(block.Start, block.Length);
            if (!_allocator.TryTake(target, block.Length))
                throw new InvalidOperationException("The room in front of a buffer is taken.");
            if (!hasContent)
                return;
            Span<byte> memory = _mapping.Span;
            memory.Slice(block.Start, block.Length).CopyTo(memory[target..]);
            int vacated = Math.Max(block.Start, target + block.Length);
            memory[vacated..block.End].Clear();
        });
        if (isMoved)
            moved.Add(buffer);
        return isMoved;
    }
}
