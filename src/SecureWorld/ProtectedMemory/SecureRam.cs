using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.SecretMemory;
using RestrictedTee.SmcTransport.Abi;
using RestrictedTee.SmcTransport.Interleaving;
using RestrictedTee.SmcTransport.NormalRam;

namespace RestrictedTee.SecureWorld.ProtectedMemory;

/// <summary>The TEE's own RAM, in which TAs keep keys. Zero when given, scrubbed when returned.</summary>
internal sealed class SecureRam(SecretMapping mapping) : IDisposable
{
    private const int Granularity = 64; // a cache line: two TAs' secrets never share one

    private readonly object _lock = new(); // protects _allocator; a leaf
    private readonly RangeAllocator _allocator = new(mapping.Length, Granularity);

    /// <summary>What a block of a size takes up, in bytes: at least one granule, be it a block of none.</summary>
    internal long Footprint(int size) => _allocator.RoundUp(Math.Max(size, 1));

    internal MemoryProtection Protection => mapping.Protection;

    /// <summary>A block, or null when there is no room.</summary>
    internal SecureBlock? Allocate(int size)
    {
        lock (_lock)
        {
            int offset = _allocator.Allocate(Math.Max(size, 1));
            return offset < 0 ? null : new SecureBlock(this, offset, size);
        }
    }

    internal Span<byte> SpanOf(int offset, int size) => mapping.Span.Slice(offset, size);

    internal void Return(int offset, int size)
    {
        SpanOf(offset, size).Clear();
        lock (_lock)
            _allocator.Free(offset, Math.Max(size, 1));
    }

    internal void Scrub() => mapping.Scrub();

    public void Dispose() => mapping.Dispose();
}

/// <summary>A block of secure RAM that belongs to one TA instance.</summary>
internal sealed class SecureBlock(SecureRam ram, int offset, int size) : IDisposable
{
    private int _returned;

    /// <summary>What it takes up of secure RAM, in bytes.</summary>
    internal int Footprint => (int)ram.Footprint(size);

    /// <summary>Called once, when the block goes back.</summary>
    internal Action<SecureBlock>? Returned { get; set; }

    internal Span<byte> Span
    {
        get
        {
            ObjectDisposedException.ThrowIf(Volatile.Read(ref _returned) != 0, this);
            return ram.SpanOf(offset, size);
        }
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _returned, 1) != 0)
            return;
        InterleavingPoint.Reach("SecureBlock.Dispose");
        ram.Return(offset, size);
        Returned?.Invoke(this);
    }
}
