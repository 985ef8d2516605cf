namespace RestrictedTee.SmcTransport.Lifetimes;

/// <summary>
/// Memory that this process maps for as long as somebody holds a reference. It is reached through a <see cref="PinnedView"/>,
/// or through something longer-lived that holds a reference of its own; nothing else may keep a span or an address of it.
/// </summary>
internal interface IMappedMemory
{
    /// <summary>Keeps the memory mapped; false when it has already gone.</summary>
    bool TryAddReference();

    /// <summary>Lets go of it; the last one out unmaps.</summary>
    void Release();

    /// <summary>Bytes of it, for who holds a reference for as long as the span is used.</summary>
    Span<byte> GetSpan(ulong offset, int length);
}

/// <summary>
/// A part of mapped memory that stays mapped until the view is disposed. It lives on the stack, so it cannot outlast the
/// method that opened it, and there is no way to the bytes that does not hold the memory.
/// </summary>
internal ref struct PinnedView : IDisposable
{
    private IMappedMemory? _memory;
    private Span<byte> _span;

    /// <summary>The bytes; empty when the view is closed.</summary>
    internal readonly Span<byte> Span => _span;

    /// <summary>Opens a view; false when the memory has gone.</summary>
    internal static bool TryOpen(IMappedMemory memory, ulong offset, int length, out PinnedView view)
    {
        view = default;
        if (!memory.TryAddReference())
            return false;
        view._memory = memory;
        view._span = memory.GetSpan(offset, length);
        return true;
    }

    /// <summary>Lets go of the memory.</summary>
    public void Dispose()
    {
        _span = default;
        _memory?.Release();
        _memory = null;
    }
}
