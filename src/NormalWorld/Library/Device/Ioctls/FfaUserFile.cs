using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Abi.Ffa;

namespace RestrictedTee.NormalWorld.Device.Ioctls;

/// <summary>
/// An open of the FF-A test driver: what it shares is its own, and comes back when it is closed. (The module's list is one for all
/// opens, and outlives them; a client that ended would leave its pages with the partition.)
/// </summary>
internal sealed class FfaUserFile(FfaUserDevice ffa) : IDisposable
{
    private readonly object _lock = new(); // protects the two below; held over copies between memory and its client, and never over a call to the SPMC
    private readonly Dictionary<ulong, FfaMemory> _shared = [];
    private readonly Lazy<FfaPartitionInfo[]> _partitions = new(() => [.. ffa.GetPartitions()], LazyThreadSafetyMode.PublicationOnly); // which does not keep a failure
    private bool _isClosed;

    internal FfaUserDevice Ffa => ffa;

    /// <summary>The partition of that id.</summary>
    /// <exception cref="TeeDriverException">ENODEV: there is none.</exception>
    internal FfaPartitionInfo Partition(ushort id) => Partition(partition => partition.Id.Value == id);

    /// <summary>A partition of the board; they are those that were there when the first one was asked for.</summary>
    /// <exception cref="TeeDriverException">ENODEV: there is none.</exception>
    internal FfaPartitionInfo Partition(Predicate<FfaPartitionInfo> isMeant)
    {
        int index = Array.FindIndex(_partitions.Value, isMeant);
        return index >= 0 ? _partitions.Value[index] : throw new TeeDriverException(Errno.ENODEV, "There is no such partition.");
    }

    /// <summary>Keeps memory that was shared.</summary>
    /// <exception cref="TeeDriverException">EBADF: the file has been closed meanwhile, and the memory is taken back.</exception>
    internal void Keep(MemoryHandle handle, FfaMemory memory)
    {
        lock (_lock)
        {
            if (!_isClosed)
            {
                _shared.Add(handle.Value, memory);
                return;
            }
        }

        memory.Dispose();
        throw new TeeDriverException(Errno.EBADF, "The file is closed.");
    }

    /// <summary>Takes memory back; what a partition still holds stays.</summary>
    /// <exception cref="TeeDriverException">ENOENT: it is none of this file's; what the SPMC answered.</exception>
    internal void Reclaim(ulong handle)
    {
        FfaMemory memory;
        lock (_lock)
        {
            memory = Find(handle);
            _shared.Remove(handle);
        }

        try
        {
            memory.Reclaim(new MemoryHandle(handle));
        }
        catch (TeeDriverException)
        {
            Keep(new MemoryHandle(handle), memory);
            throw;
        }

        memory.Dispose();
    }

    /// <summary>Does something with the content of memory, which stays meanwhile.</summary>
    /// <exception cref="TeeDriverException">ENOENT: it is none of this file's; EINVAL: it has not so many bytes.</exception>
    internal void WithContent(ulong handle, ulong length, Action<FfaMemory, int> use)
    {
        lock (_lock)
        {
            FfaMemory memory = Find(handle);
            if (length > (ulong)memory.Span.Length)
                throw new TeeDriverException(Errno.EINVAL, $"Memory {handle:x} has {memory.Span.Length} bytes, not {length}.");
            use(memory, (int)length);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        FfaMemory[] left;
        lock (_lock)
        {
            _isClosed = true;
            left = [.. _shared.Values];
            _shared.Clear();
        }

        Array.ForEach(left, memory => memory.Dispose());
    }

    private FfaMemory Find(ulong handle) =>
        _shared.GetValueOrDefault(handle) ?? throw new TeeDriverException(Errno.ENOENT, $"Memory {handle:x} was not shared by this file.");
}
