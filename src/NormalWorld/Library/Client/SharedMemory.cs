using RestrictedTee.NormalWorld.Device;

namespace RestrictedTee.NormalWorld.Client;

/// <summary>
/// Memory that a client shares with the TEE (TEEC_SharedMemory): allocated, or memory of the client's own, or a restricted
/// buffer, which the client can refer to but not look at. Released when disposed, at the latest with its context.
/// </summary>
public sealed class SharedMemory : IDisposable
{
    private readonly ITeeShm _shm;
    private readonly Memory<byte> _own;
    private readonly ReadOnlyMemory<byte> _ownReadOnly;

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
    public Span<byte> Span => _own.IsEmpty ? SharedSpan : _own.Span;

    internal TeeContext Context { get; }

    internal int Id => _shm.Id;

    private Span<byte> SharedSpan => _shm.Span.IsEmpty ? default : _shm.Span[..Size];

    /// <summary>TEEC_ReleaseSharedMemory.</summary>
    public void Dispose()
    {
        Context.Forget(this);
        _shm.Dispose();
    }

    internal void BeforeCall(Direction direction)
    {
        if (direction.HasFlag(Direction.Input) && !_ownReadOnly.IsEmpty)
            _ownReadOnly.Span.CopyTo(SharedSpan);
    }

    internal void AfterCall(Direction direction)
    {
        if (direction.HasFlag(Direction.Output) && !_own.IsEmpty)
            SharedSpan.CopyTo(_own.Span);
    }
}
