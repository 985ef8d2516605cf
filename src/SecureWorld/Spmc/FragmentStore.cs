using System.Runtime.InteropServices;
using RestrictedTee.SecureWorld.MemorySharing;
using RestrictedTee.SmcTransport.Abi.Ffa;

namespace RestrictedTee.SecureWorld.Spmc;

/// <summary>A descriptor of which not all fragments have come.</summary>
internal sealed class FragmentedSend(MemoryHandle handle, Partition sender, TransactionKind kind, FfaTransactionReader reader, DescriptorPlace place)
{
    private readonly FfaMemRange[] _ranges = new FfaMemRange[reader.RangeCount];
    private int _count;

    internal MemoryHandle Handle => handle;

    internal Partition Sender => sender;

    internal TransactionKind Kind => kind;

    internal FfaTransactionReader Reader => reader;

    internal DescriptorPlace Place => place;

    /// <summary>Bytes of the descriptor that have come.</summary>
    internal uint Received => (uint)(reader.RangesOffset + (_count * FfaMemRange.Size));

    internal bool IsComplete => _count == _ranges.Length;

    internal ReadOnlySpan<FfaMemRange> Ranges => _ranges;

    /// <summary>Takes the ranges of a fragment; false when they are none, no whole ones, or too many.</summary>
    internal bool TryAdd(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length % FfaMemRange.Size != 0 || bytes.Length / FfaMemRange.Size > _ranges.Length - _count)
            return false;
        ReadOnlySpan<FfaMemRange> ranges = MemoryMarshal.Cast<byte, FfaMemRange>(bytes);
        ranges.CopyTo(_ranges.AsSpan(_count));
        _count += ranges.Length;
        return true;
    }
}

/// <summary>The unfinished descriptors. Each sender may have a few; a new one drops its oldest, so none can fill the store.</summary>
internal sealed class FragmentStore
{
    private const int MostEach = 8;

    private readonly object _lock = new(); // protects _sends; a leaf
    private readonly List<FragmentedSend> _sends = [];

    internal void Add(FragmentedSend send)
    {
        lock (_lock)
        {
            if (_sends.Count(other => other.Sender == send.Sender) >= MostEach)
                _sends.RemoveAt(_sends.FindIndex(other => other.Sender == send.Sender));
            _sends.Add(send);
        }
    }

    /// <summary>Takes one out, for one call to work on; it is put back if it is not complete then.</summary>
    internal FragmentedSend? Take(MemoryHandle handle, Partition sender)
    {
        lock (_lock)
        {
            int index = _sends.FindIndex(send => send.Handle == handle && send.Sender == sender);
            if (index < 0)
                return null;
            FragmentedSend send = _sends[index];
            _sends.RemoveAt(index);
            return send;
        }
    }
}
