using RestrictedTee.NormalWorld.Device;
using RestrictedTee.SmcTransport.Lifetimes;

namespace RestrictedTee.NormalWorld.Client;

/// <summary>
/// Memory that a client shares with the TEE (TEEC_SharedMemory): allocated, or memory of the client's own, or a restricted
/// buffer, which the client can refer to but not look at. Released when disposed, at the latest with its context; what a
/// request under way refers to is released when that has ended.
/// </summary>
public sealed class SharedMemory : IDisposable
{
    private readonly ITeeShm _shm;
    private readonly Memory<byte> _own;
    private readonly ReadOnlyMemory<byte> _ownReadOnly;
    private ReferenceCount _uses = new();
    private int _released;

    internal SharedMemory(TeeContext context, ITeeShm shm, int size, Direction flags, Memory<byte> own = default, ReadOnlyMemory<byte> ownReadOnly = default)
    {
        Context = context;
        _shm = shm;
        _own = own;
        _ownReadOnly = ownReadOnly;
        Size = size;
        Flags = flags;
    }

    /// <summary>Bytes.</summary>
    public int Size { get; }

    /// <summary>What it may be used for.</summary>
    public Direction Flags { get; }

    /// <summary>The bytes: of allocated memory where the TEE sees them too, of registered memory the client's own. Empty for a restricted buffer.</summary>
    public Span<byte> Span
    {
        get
        {
            ObjectDisposedException.ThrowIf(Volatile.Read(ref _released) != 0, this);
            return _own.IsEmpty ? SharedSpan : _own.Span;
        }
    }

    internal TeeContext Context { get; }

    internal int Id => _shm.Id;

    private Span<byte> SharedSpan => _shm.Span.IsEmpty ? default : _shm.Span[..Size];

    /// <summary>TEEC_ReleaseSharedMemory.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _released, 1) != 0)
            return;
        Context.Forget(this);
        EndUse();
    }

    /// <summary>Keeps it until <see cref="EndUse"/>; false when it has been released.</summary>
    internal bool TryAddUse() => Volatile.Read(ref _released) == 0 && _uses.TryAdd();

    internal void EndUse()
    {
        if (_uses.Release())
            _shm.Dispose();
    }

    /// <summary>
    /// Shows the TEE a range of registered memory as it is now. An output's too: the TA sees the client's bytes where memory is shared
    /// for real, and what it leaves alone must come back as it was. No other byte is touched; it may be another call's.
    /// </summary>
    internal void BeforeCall(int offset, int size)
    {
        if (!_ownReadOnly.IsEmpty)
            _ownReadOnly.Span.Slice(offset, size).CopyTo(SharedSpan[offset..]);
    }

    /// <summary>Brings an output range of registered memory back.</summary>
    internal void AfterCall(int offset, int size)
    {
        if (!_own.IsEmpty)
            SharedSpan.Slice(offset, size).CopyTo(_own.Span[offset..]);
    }
}
