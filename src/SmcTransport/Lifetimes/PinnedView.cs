namespace RestrictedTee.SmcTransport.Lifetimes;

/// <summary>
/// A part of mapped memory that stays mapped until the view is disposed, which <c>using</c> does. It lives on the stack, so it
/// cannot outlast the method that opened it, and it cannot be had without holding the memory.
/// </summary>
internal ref struct PinnedView : IDisposable
{
    private IMappedMemory? _memory;

    private PinnedView(IMappedMemory memory, Span<byte> span)
    {
        _memory = memory;
        Span = span;
    }

    /// <summary>False when the memory had gone before it could be held.</summary>
    internal readonly bool IsOpen => _memory is not null;

    /// <summary>The bytes; empty when the view is not open.</summary>
    internal Span<byte> Span { get; private set; }

    /// <summary>Holds the memory and opens a view of a part that lies inside.</summary>
    internal static PinnedView Open(IMappedMemory memory, ulong offset, int length) =>
        memory.TryAddReference() ? new PinnedView(memory, memory.GetSpan(offset, length)) : default;

    /// <summary>Lets go of the memory.</summary>
    public void Dispose()
    {
        Span = default;
        _memory?.Release();
        _memory = null;
    }
}
