using RestrictedTee.SmcTransport.Interleaving;
using RestrictedTee.SmcTransport.Lifetimes;
using RestrictedTee.SmcTransport.NormalRam;

namespace RestrictedTee.SecureWorld.MemorySharing;

/// <summary>
/// Physical memory that somebody works on for longer than a moment: shared memory of a call, the RX and TX buffers of an
/// endpoint. Until it is disposed the memory stays mapped and, when the pages are counted as used, can be sent nowhere.
/// </summary>
internal sealed class MemoryLease : IDisposable
{
    private readonly IMappedMemory _memory;
    private readonly ulong _offset;
    private readonly PageUses? _uses;
    private int _disposed;

    /// <summary>Takes over a reference on the memory, and the count of uses if <paramref name="uses"/> is given.</summary>
    internal MemoryLease(PhysicalRange range, IMappedMemory memory, ulong offset, PageUses? uses)
    {
        Range = range;
        _memory = memory;
        _offset = offset;
        _uses = uses;
    }

    /// <summary>The memory, byte by byte.</summary>
    internal PhysicalRange Range { get; }

    /// <summary>The bank that it lies in; null for memory of the secure world.</summary>
    internal RamBank? Bank => _memory as RamBank;

    /// <summary>The bytes. The span is worth as long as the lease.</summary>
    internal Span<byte> Span
    {
        get
        {
            ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
            return _memory.GetSpan(_offset, (int)Range.Length);
        }
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        InterleavingPoint.Reach("MemoryLease.Dispose");
        _uses?.End(Range);
        _memory.Release();
    }
}
