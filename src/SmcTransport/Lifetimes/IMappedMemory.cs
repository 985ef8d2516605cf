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
