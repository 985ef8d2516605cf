using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Interop;
using RestrictedTee.SmcTransport.NormalRam;

namespace RestrictedTee.NormalWorld.Shm;

/// <summary>A piece of normal RAM, page-aligned; given back when disposed. Keeps its bank mapped until then.</summary>
internal sealed class ShmBlock : IDisposable
{
    private readonly RamBank _bank;
    private readonly ulong _offset;
    private readonly int _size;
    private readonly Action _free;
    private int _freed;

    internal ShmBlock(RamBank bank, ulong offset, int size, Action free)
    {
        if (!bank.TryAddReference())
            throw new TeeDriverException(Errno.ENODEV, "The bank of normal RAM has been taken out.");
        _bank = bank;
        _offset = offset;
        _size = size;
        _free = free;
    }

    internal RamBank Bank => _bank;

    /// <summary>Whether nothing else is in its bank, so that who has that has no more than this.</summary>
    internal bool HasOwnBank { get; init; }

    internal int Size => _size;

    internal PhysicalAddress Address => _bank.Range.Start + _offset;

    internal PhysicalRange Range => PhysicalRange.Create(Address, (ulong)_size);

    internal Span<byte> Span => _bank.GetSpan(_offset, _size);

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _freed, 1) != 0)
            return;
        _bank.Release();
        _free();
    }
}
