using System.Buffers;

namespace RestrictedTee.LibTeec.Contexts;

/// <summary>Memory of the program, which neither moves nor is anybody's to keep: where it lies can be set anew for each call.</summary>
internal sealed unsafe class ForeignMemory : MemoryManager<byte>
{
    private byte* _start;
    private int _length;

    internal Memory<byte> At(byte* start, int length)
    {
        _start = start;
        _length = length;
        return CreateMemory(length);
    }

    public override Span<byte> GetSpan() => new(_start, _length);

    public override MemoryHandle Pin(int elementIndex = 0) => new(_start + elementIndex);

    public override void Unpin()
    {
        // It does not move.
    }

    protected override void Dispose(bool disposing)
    {
        // It is the program's.
    }
}
