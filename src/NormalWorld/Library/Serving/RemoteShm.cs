using RestrictedTee.NormalWorld.Device;

namespace RestrictedTee.NormalWorld.Serving;

/// <summary>Shared memory that lies in a memfd of the server.</summary>
internal sealed class RemoteShm(ShmMapping mapping, RemoteChannel channel, IdleShm idle) : ITeeShm
{
    private int _closed;

    public int Id => mapping.Id;

    public ulong Size => mapping.Size;

    public Span<byte> Span
    {
        get
        {
            ObjectDisposedException.ThrowIf(Volatile.Read(ref _closed) != 0, this);
            return mapping.Span;
        }
    }

    public void Dispose()
    {
        // What a call of another thread still uses must not become somebody else's: it goes, and the server keeps it for the call.
        if (Interlocked.Exchange(ref _closed, 1) != 0 || (!channel.IsReferredTo(Id) && idle.TryKeep(mapping)))
            return;
        mapping.Dispose();
        channel.CloseShm(Id);
    }
}

/// <summary>A registration at the server, of memory that it does not map here.</summary>
internal sealed class RemoteRegistration(RemoteChannel channel, int id, ulong size) : ITeeShm
{
    private int _closed;

    public int Id => id;

    public ulong Size => size;

    public Span<byte> Span
    {
        get
        {
            ObjectDisposedException.ThrowIf(Volatile.Read(ref _closed) != 0, this);
            return default;
        }
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _closed, 1) == 0)
            channel.CloseShm(id);
    }
}
